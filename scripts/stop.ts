import { runCli } from '../server/api/cli/runCli.ts';
import { processSurroundings } from '../server/api/cli/processSurroundings.ts';

// `npm stop`: ends what `npm start` and the editor have left running on the usual data folder.
process.exitCode = await runCli(['stop', '--all', ...process.argv.slice(2)], processSurroundings());
