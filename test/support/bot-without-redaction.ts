/** The bot as `src/main.ts` starts it, with redaction switched off: shows that a scan for secrets would find them. */
import { registerHooks } from 'node:module';

registerHooks({
  load(url, context, next) {
    if (!url.endsWith('/src/actions/redact.ts')) return next(url, context);
    const source = 'export const redact = (text) => text; export const isName = () => true;';
    return { format: 'module', source, shortCircuit: true };
  },
});
await import('../../src/main.ts');
