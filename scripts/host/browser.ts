import { type Browser, chromium } from "playwright-core";
import { ensureSystemPackages, findCommand } from "./systemPackages.ts";

const browserNames = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

function findBrowser(): string | undefined {
	const chosen = process.env["CHROME_PATH"];
	if (chosen !== undefined && chosen !== "") {
		return chosen;
	}
	for (const name of browserNames) {
		const file = findCommand(name);
		if (file !== undefined) {
			return file;
		}
	}
	return undefined;
}

/** @returns the path of a Chromium or Chrome; the environment variable CHROME_PATH wins. */
export async function ensureBrowser(): Promise<string> {
	await ensureSystemPackages("A headless browser", [
		{ debianPackage: "chromium", isThere: () => findBrowser() !== undefined },
	]);
	const browser = findBrowser();
	if (browser === undefined) {
		throw new Error("No Chromium was found.");
	}
	return browser;
}

/** Headless, quiet towards the network, and ended by its owner alone: signals are the owner's to handle. */
export async function launchBrowser(): Promise<Browser> {
	const asRoot = process.getuid?.() === 0;
	return chromium.launch({
		executablePath: await ensureBrowser(),
		headless: true,
		handleSIGINT: false,
		handleSIGTERM: false,
		handleSIGHUP: false,
		args: [
			...(asRoot ? ["--no-sandbox"] : []),
			"--disable-gpu",
			"--disable-quic",
			"--no-first-run",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-sync",
		],
	});
}
