/** Two reports as teams write them by hand: lines under a head without headings, and nine headings with their prompts. */

/** Bare lines with times of a 12-hour clock, ranges, "ish", and takeaways. */
export const linesAndTakeaways = `Post Incident Report
Project: SHOP
Date of incident: Mar 4, 2026 9:34AM PST
Environment Affected: shop-prod (North Cluster)

9:34 - Mira Sandoval (Mir) posts in the shop channel that the reports show no data
9:40 - Mir alerted Teo Brandt. Teo Brandt (Teo) responded and started to look
9:43 - Teo validated the new database was behaving normally
9:50 - Teo suspects the cluster upgrade. Engaged the provider
10:15 - Ilse Hartog and Jonas Weil at platform services looked at the pods. They pointed out that the api connects to shop-patroni
10:30 to 11:54 - Worked on the members. Raised the timeouts to 30 seconds.
11:54 - engaged Noor Aziz (Example Cloud Services) who recommended the newer image
12:13 to 1:30(ish) - Let the service account pull the image. Upgraded shop-patroni-0
2:00ish - Discussed the risk and went on with the other two
2:40 - back online
2:40 to 3:30 - a debrief. The utility pod was turned down (but kept the deployment for later use)

Takeaways
 - we don't know why the image began to fail
 - almost an hour was wasted on a database that nobody uses. It's STRONGLY encouraged to remove the unused one.
 - Consider keeping the images up to date.
 - A helper is still in the admin group of the namespace.
 - Teo was unable to find the backups.
`;

/** Headings underlined, with pictures; prompts in italics; a list of whys; one task without a verb. */
export const nineHeadings = `2026-05-11: Connection surge
===========================

At **13:24 UTC,** we noticed that the bot did not answer, and \`shop.example.org <http://shop.example.org>\`__ was
unavailable. Ultimately this was resolved by starting the database again.

⚠️ Leadup
---------

*List the sequence of events that led to the incident*

Commands stopped, and we started to look.

🥏 Impact
---------

*Describe how internal and external users were impacted during the
incident*

Services were unavailable both for internal and external users.

👁️ Detection
------------

*Report when the team detected the incident, and how we could improve
detection time*

We should be monitoring the number of clients, and the monitor should
alert us near the maximum.

🙋 Response
-----------

*Who responded to the incident, and what obstacles did they encounter?*

Odalys Prieto responded to the incident.

🙆 Recovery
-----------

*How was the incident resolved? How can we improve future mitigation?*

-  Delete the deployment \`\`kubectl delete deployment/db\`\`
-  Apply it again

🔎 Five Why's
-------------

*Run a 5-whys analysis to understand the true cause of the incident.*

-  The database was unavailable, so our services died.
-  **Why?** It had no connection left.
-  **Why?** Unknown, but we saw many connections of earlier rollouts. Needs further investigation.

🌱 Blameless root cause
-----------------------

*Note the final root cause and describe what needs to change to prevent
reoccurrance*

We're not sure what the root cause is. We were unable to reproduce this problem.

🤔 Lessons learned
------------------

*What did we learn from this incident?*

-  We absolutely need backups for the databases.
-  We must ensure the team has access to the provider.

☑️ Follow-up tasks
------------------

*List any tasks we should complete that are relevant to this incident*

-  ☒ All database backup
-  ☐ Ledger exports
`;
