import { openAccountBook } from "../../../src/accounts/accountBook.ts";
import { relayAccount } from "./relayFixture.ts";

/**
 * A window of its own: opens `books` books on `folder` and adds `count` accounts through each of them, all at once.
 * Prints the label of each account when it is saved.
 */
const [folder = "", name = "", books = "1", count = "1"] = process.argv.slice(2);

async function addAll(bookName: string): Promise<void> {
	const book = await openAccountBook({
		folder,
		log: (level, message) => process.stderr.write(`${level} ${message}\n`),
	});
	for (let index = 0; index < Number(count); index += 1) {
		const label = `${bookName}-${index}`;
		await book.change((accounts) => [...accounts, relayAccount({ id: label, label })]);
		process.stdout.write(`${label}\n`);
	}
	book.dispose();
}

await Promise.all(Array.from({ length: Number(books) }, (_, index) => addAll(`${name}-${index}`)));
