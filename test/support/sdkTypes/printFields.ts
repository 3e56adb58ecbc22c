// The fields of a format, for a person who fills its table: node test/support/sdkTypes/printFields.ts FORMAT
import { formats } from "../../../src/accounts/account.ts";
import { readFields } from "./readFields.ts";
import { messages } from "./typeReading.ts";

const format = formats.find((one) => one === process.argv[2]);
if (format === undefined) throw new Error(`Name one of ${formats.join(", ")}.`);
const fields = readFields(format);
for (const message of messages) {
	console.log(`\n## ${message}\n`);
	for (const { path, sameAs, words } of fields.filter((field) => field.message === message)) {
		const like = sameAs === null ? "" : `  → as ${sameAs}`;
		console.log(`${path}${like}${words === null ? "" : `  (${words.join(" | ")})`}`);
	}
}
