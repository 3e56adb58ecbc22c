import * as vscode from "vscode";
import type { RestFile } from "../accounts/restFile.ts";
import { lastingRests } from "../bridge/rests.ts";
import type { Parts } from "./parts.ts";

type BookkeepingParts = Pick<Parts, "book" | "proxy" | "usage"> & { readonly rests: RestFile };

/** Writes down what the proxy of this window counts, and how its accounts rest. */
export function keepBooks({ book, proxy, usage, rests }: BookkeepingParts): vscode.Disposable {
	usage.follow(book.accounts.map(({ id }) => id));
	return vscode.Disposable.from(
		book.onDidChange((accounts) => usage.follow(accounts.map(({ id }) => id))),
		proxy.onDidFinishRequest((record) => usage.note(record)),
		proxy.onDidChangeLive((live) => {
			// What another window serves is that window's to keep; and that nobody serves ends no cooldown.
			if (proxy.state.kind !== "listening" || live.size === 0) return;
			rests.keep(lastingRests([...live.values()], Date.now()));
		}),
	);
}
