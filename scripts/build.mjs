// Builds by tsdown.config.ts. Not by tsdown's own program, whose first line on the Node that this project supports is advice to leave it.
import { build } from 'tsdown';

await build({ logLevel: 'error' });
