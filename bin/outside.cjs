// The process that runs a migration which is no part of refit. Started by refit only, which speaks with it.
'use strict';
require('./load.cjs').load('outside').serve();
