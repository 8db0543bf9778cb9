// A local Slack with only a WebClient on it, and what a refused call says.

import { WebClient } from '@slack/web-api';
import { type LocalSlackOptions, startLocalSlack } from '../../../sandbox/slack/server.ts';
import { logger, people } from './bot.ts';

export async function withoutBot(options: Partial<LocalSlackOptions> = {}) {
  const bugs: Error[] = [];
  const slack = await startLocalSlack({
    people,
    channels: ['incidents'],
    onBug: (error) => bugs.push(error),
    ...options,
  });
  const client = new WebClient(slack.botToken, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    logger,
    rejectRateLimitedCalls: true,
  });
  return { slack, client, bugs };
}

interface Refusal {
  error?: string;
  needed?: string;
  provided?: string;
  errors?: unknown[];
  response_metadata?: { messages?: string[] };
}

/** The error data of a call that must fail. */
export async function refusal(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    const { data, message } = error as { data?: Refusal; message: string };
    if (data !== undefined) return data;
    throw new Error(message, { cause: error });
  }
  throw new Error('the call did not fail');
}

export const code = async (call: Promise<unknown>) => (await refusal(call)).error;
