// Runs the command given as arguments and ends its own process group when the pipe to its owner closes: so nothing stays
// behind even when the owner is killed and cannot clean up.
import { spawn } from "node:child_process";
import { constants } from "node:os";

const [command, ...args] = process.argv.slice(2);
if (command === undefined) {
	throw new Error("leash.ts needs a command");
}
const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
child.once("error", (error) => {
	console.error(`${command}: ${error.message}`);
	process.exit(127);
});
child.once("exit", (code, signal) => process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));

// A signal goes to the group, so the command has it already: the leash waits for the command's end.
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
	process.on(signal, () => {});
}
process.stdin.resume();
process.stdin.once("close", () => process.kill(-process.pid, "SIGKILL"));
