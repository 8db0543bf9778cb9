#!/usr/bin/env node
/** `handrail ...` in a terminal. */
import { launch } from '../launch/launch.mjs';

await launch('src/cli/main.ts', process.argv.slice(2));
