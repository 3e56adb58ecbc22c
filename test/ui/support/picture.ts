import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Locator, Page } from "playwright-core";

export type ThemeName = "Default Light Modern" | "Default Dark Modern" | "Default High Contrast";

const themeClasses: Readonly<Record<ThemeName, string>> = {
	"Default Light Modern": "vs",
	"Default Dark Modern": "vs-dark",
	"Default High Contrast": "hc-black",
};

/** Resolves when the workbench is drawn in a theme, which the setting `workbench.colorTheme` asked for. */
export async function untilThemed(page: Page, theme: ThemeName): Promise<void> {
	await page.locator(`.monaco-workbench.${themeClasses[theme]}`).waitFor();
}

/** A rectangle of the window, in CSS pixels. */
export interface Area {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

/** Where something is, with some air around it. */
export async function areaOf(part: Locator, air: number = 0): Promise<Area> {
	const box = await part.boundingBox();
	if (box === null) throw new Error("What the picture is to show is not on screen.");
	return { x: box.x - air, y: box.y - air, width: box.width + 2 * air, height: box.height + 2 * air };
}

/**
 * Takes a picture with two pixels for each CSS pixel, as screens of today have them. Playwright draws as many as the
 * browser's context was made with, and that is one.
 * @param file a PNG; its folder is made.
 */
export async function takePicture(page: Page, area: Area, file: string): Promise<void> {
	const session = await page.context().newCDPSession(page);
	try {
		const { data } = await session.send("Page.captureScreenshot", { format: "png", clip: { ...area, scale: 2 } });
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, Buffer.from(data, "base64"));
	} finally {
		await session.detach();
	}
}

/** Takes what belongs to others, or to nobody, out of a picture. */
export async function hide(parts: Locator): Promise<void> {
	await parts.evaluateAll((elements) => {
		for (const element of elements) {
			if (element instanceof HTMLElement) element.style.display = "none";
		}
	});
}

/** Drags the edge of the side bar. @param width CSS pixels. */
export async function widenSideBar(page: Page, width: number): Promise<void> {
	const sideBar = await areaOf(page.locator(".part.sidebar"));
	const middle = sideBar.y + sideBar.height / 2;
	const edge = sideBar.x + sideBar.width;
	await page.mouse.move(edge, middle);
	await page.mouse.down();
	await page.mouse.move(sideBar.x + width, middle, { steps: 5 });
	await page.mouse.up();
	await page.mouse.move(0, 0);
}
