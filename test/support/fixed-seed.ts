import fc from 'fast-check';

// The same cases in every run, so that a red test is about the change at hand; REFIT_SEED=N looks at others.
fc.configureGlobal({ seed: Number(process.env['REFIT_SEED'] ?? 20_261_122) });
