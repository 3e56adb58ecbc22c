import { createInterface } from "node:readline";
import { WindowUnderTest, windowConfig } from "./windowUnderTest.ts";

/**
 * A window in a process of its own. Is told `on`, `off` and `close` by lines, and says each state of the port in a line of
 * JSON.
 */
const config = windowConfig(Number(process.argv[2]), JSON.parse(process.argv[3] ?? "{}"));

const window = new WindowUnderTest();
let told = 0;
// Settles never: it is asked after each thing that is told.
void window.until(() => {
	for (const state of window.states.slice(told)) process.stdout.write(`${JSON.stringify(state)}\n`);
	told = window.states.length;
	return false;
});
await window.proxy.configure(config);
process.stdout.write('{"kind":"ready"}\n');

for await (const line of createInterface({ input: process.stdin })) {
	if (line === "on") void window.proxy.serve(true);
	if (line === "off") void window.proxy.serve(false);
	if (line === "close") await window.proxy.close();
}
process.exit(0);
