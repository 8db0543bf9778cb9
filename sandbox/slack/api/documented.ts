// The error codes Slack documents for each method that the local Slack speaks: it answers no others, and no fault may inject others.

/** Every method may answer these. */
const everywhere =
  'access_denied accesslimited account_inactive deprecated_endpoint ekm_access_denied enterprise_is_restricted ' +
  'fatal_error internal_error invalid_arg_name invalid_arguments invalid_array_arg invalid_auth invalid_charset ' +
  'invalid_form_data invalid_post_type method_deprecated missing_post_type missing_scope no_permission ' +
  'not_allowed_token_type not_authed org_login_required ratelimited request_timeout service_unavailable ' +
  'team_added_to_org token_expired token_revoked two_factor_setup_required';

const view = 'duplicate_external_id view_too_large';
const trigger = 'expired_trigger_id exchanged_trigger_id invalid_trigger_id';
const note =
  'channel_not_found is_archived method_not_supported_for_channel_type not_in_channel too_long user_is_restricted';
const name =
  'invalid_name invalid_name_maxlength invalid_name_punctuation invalid_name_required invalid_name_specials name_taken';
const paging = 'invalid_cursor invalid_limit';

const byMethod: Record<string, string> = {
  'api.test': '',
  'auth.test': '',
  'apps.connections.open': 'forbidden_team insecure_request missing_args',
  'bots.info': 'bot_not_found bots_not_found missing_argument team_not_found',
  'team.info': 'team_not_found user_not_found',
  'chat.postMessage':
    'attachment_payload_limit_exceeded cannot_reply_to_message channel_not_found invalid_blocks invalid_blocks_format ' +
    'invalid_metadata_format invalid_metadata_schema is_archived markdown_text_conflict message_limit_exceeded ' +
    'messages_tab_disabled metadata_too_large msg_blocks_too_long no_text not_in_channel rate_limited restricted_action ' +
    'restricted_action_read_only_channel restricted_action_thread_locked team_not_found too_many_attachments',
  'chat.postEphemeral':
    'cannot_reply_to_message channel_not_found invalid_attachments invalid_blocks invalid_blocks_format is_archived ' +
    'markdown_text_conflict message_limit_exceeded messages_tab_disabled msg_too_long no_text not_in_channel ' +
    'restricted_action too_many_attachments user_not_in_channel',
  'chat.update':
    'block_mismatch cant_broadcast_message cant_update_message channel_not_found edit_window_closed invalid_attachments ' +
    'invalid_blocks invalid_blocks_format invalid_metadata_format invalid_metadata_schema is_inactive ' +
    'markdown_text_conflict message_limit_exceeded message_not_found metadata_too_large msg_too_long no_text ' +
    'too_many_attachments update_failed',
  'chat.delete': 'cant_delete_message channel_not_found message_not_found',
  'chat.getPermalink': 'channel_not_found message_not_found',
  'conversations.canvases.create':
    'canvas_creation_failed canvas_disabled_user_team canvas_tab_creation_failed channel_canvas_already_exists ' +
    'channel_canvas_creation_failed channel_not_found free_team_canvas_tab_already_exists restricted_action ' +
    'team_tier_cannot_create_channel_canvases',
  'canvases.edit':
    'canvas_disabled_user_team canvas_editing_failed canvas_not_found free_teams_cannot_edit_standalone_canvases ' +
    'restricted_action',
  'canvases.sections.lookup': 'canvas_deleted canvas_disabled_user_team canvas_not_found',
  'conversations.create': `${name} cannot_create_channel missing_argument no_channel restricted_action`,
  'conversations.invite':
    'already_in_channel app_cannot_join_channel cant_invite cant_invite_self channel_not_found is_archived ' +
    'method_not_supported_for_channel_type no_user not_in_channel ura_max_channels user_is_restricted user_not_found',
  'conversations.join':
    'channel_is_limited_access channel_not_found is_archived method_not_supported_for_channel_type too_many_members',
  'conversations.leave':
    'cant_leave_general channel_not_found is_archived last_member method_not_supported_for_channel_type user_is_restricted',
  'conversations.kick':
    'cant_kick_from_general cant_kick_self channel_not_found method_not_supported_for_channel_type not_in_channel ' +
    'restricted_action user_not_found',
  'conversations.info': 'channel_is_limited_access channel_not_found',
  'conversations.list': `${paging} invalid_types method_not_supported_for_channel_type missing_argument`,
  'conversations.members': `${paging} channel_not_found fetch_members_failed method_not_supported_for_channel_type`,
  'conversations.history':
    'channel_is_limited_access channel_not_found invalid_cursor invalid_metadata_filter_keys invalid_ts_latest ' +
    'invalid_ts_oldest not_in_channel',
  // Without membership Slack's page names no error but channel_not_found for replies.
  'conversations.replies':
    'channel_not_found invalid_cursor invalid_metadata_filter_keys invalid_ts_latest invalid_ts_oldest ' +
    'method_not_supported_for_channel_type thread_not_found',
  'conversations.setTopic': note,
  'conversations.setPurpose': note,
  'conversations.open':
    'channel_not_found invalid_user_combination method_not_supported_for_channel_type not_enough_users too_many_users ' +
    'user_disabled user_not_found user_not_visible users_list_not_supplied',
  'conversations.rename': `${name} channel_not_found is_archived method_not_supported_for_channel_type not_authorized not_in_channel`,
  'conversations.archive':
    'already_archived cant_archive_general cant_archive_required channel_not_found ' +
    'method_not_supported_for_channel_type not_in_channel restricted_action',
  'conversations.unarchive': 'channel_not_found method_not_supported_for_channel_type not_archived',
  'users.conversations': `${paging} invalid_types method_not_supported_for_channel_type missing_argument`,
  'users.info': 'too_many_users user_not_found user_not_visible',
  'users.list': 'invalid_cursor limit_required missing_argument',
  'users.lookupByEmail': 'users_not_found',
  'usergroups.list': 'invalid_cursor invalid_team missing_argument plan_upgrade_required users_not_found',
  'usergroups.users.list': 'invalid_cursor no_such_subteam plan_upgrade_required',
  'pins.add':
    'already_pinned bad_timestamp channel_not_found message_not_found no_item_specified not_in_channel not_pinnable ' +
    'restricted_action too_many_pins',
  'pins.list': 'channel_not_found restricted_action',
  'pins.remove':
    'bad_timestamp channel_not_found message_not_found no_item_specified no_pin not_pinned restricted_action',
  'bookmarks.add':
    'channel_not_found invalid_bookmark_type invalid_emoji invalid_link not_implemented permission_denied ' +
    'too_many_bookmarks too_many_requests',
  'bookmarks.edit':
    'channel_not_found invalid_bookmark_type invalid_emoji invalid_link not_found not_implemented permission_denied',
  'bookmarks.list': 'channel_not_found not_implemented',
  'bookmarks.remove': 'channel_not_found invalid_bookmark_type not_found not_implemented permission_denied',
  'reactions.add':
    'already_reacted bad_timestamp channel_not_found invalid_name is_archived message_not_found no_access ' +
    'no_item_specified not_reactable thread_locked too_many_emoji too_many_reactions',
  'reactions.get': 'bad_timestamp channel_not_found file_not_found message_not_found no_item_specified',
  'reactions.remove':
    'bad_timestamp channel_not_found invalid_name message_not_found no_access no_item_specified no_reaction thread_locked',
  'files.getUploadURLExternal':
    'alt_txt_too_large file_type_not_allowed file_upload_size_restricted file_uploads_disabled missing_argument ' +
    'snippet_too_large storage_limit_reached unknown_snippet_type',
  'files.completeUploadExternal':
    'channel_not_found channels_limit_exceeded file_not_found file_type_not_allowed file_update_failed invalid_blocks ' +
    'invalid_channel not_in_channel posting_to_channel_denied',
  'files.info': 'file_deleted file_not_found not_visible',
  'views.open': `${view} ${trigger}`,
  'views.push': `${view} ${trigger} not_found push_limit_reached`,
  'views.update': `${view} hash_conflict not_found`,
  'views.publish': `${view} hash_conflict missing_profile_id not_enabled not_implemented`,
};

const common = new Set(everywhere.split(' '));
const particular = new Map(
  Object.entries(byMethod).map(([method, codes]) => [method, new Set(codes.split(' '))]),
);

/** Whether Slack documents this error for this method. A method it does not have answers `unknown_method` only. */
export function documented(method: string, code: string): boolean {
  const codes = particular.get(method);
  if (codes === undefined) return code === 'unknown_method' || common.has(code);
  return common.has(code) || codes.has(code);
}
