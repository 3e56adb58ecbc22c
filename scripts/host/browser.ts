import { type Browser, chromium } from "playwright-core";
import { atEnd, refuseWhileEnding } from "../ending.ts";
import { findCommand, type SystemNeed } from "./systemPackages.ts";

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

/** A Chromium or Chrome; the environment variable CHROME_PATH may name one. */
export const browserNeeds: readonly SystemNeed[] = [
	{ debianPackage: "chromium", isThere: () => findBrowser() !== undefined },
];

/** Headless, quiet towards the network, and ended with this run or before: signals are this run's to handle. */
export async function launchBrowser(): Promise<Browser> {
	refuseWhileEnding();
	const launched = launch();
	const forget = atEnd(() =>
		launched.then(
			(browser) => browser.close(),
			() => {},
		),
	);
	try {
		const browser = await launched;
		browser.once("disconnected", forget);
		return browser;
	} catch (error) {
		forget();
		throw error;
	}
}

function launch(): Promise<Browser> {
	const asRoot = process.getuid?.() === 0;
	const executablePath = findBrowser();
	if (executablePath === undefined) {
		return Promise.reject(new Error("No Chromium was found."));
	}
	return chromium.launch({
		executablePath,
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
