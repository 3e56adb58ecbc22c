import assert from "node:assert/strict";
import { join } from "node:path";
import type { NativeAccount } from "../../src/accounts/account.ts";
import { callbackOf } from "../support/chatgpt/browser.ts";
import { type Person, person } from "../support/chatgpt/people.ts";
import { importAccounts, saveAccounts, savedAccounts } from "./support/accounts.ts";
import { chatGptFor, type WindowChatGpt } from "./support/chatGpt.ts";
import { eventually, eventuallyMatches } from "./support/eventually.ts";
import { askLocalPort } from "./support/localPort.ts";
import { areaOf, hide, type ThemeName, takePicture, untilThemed, widenSideBar } from "./support/picture.ts";
import {
	accountRow,
	answerDialog,
	chooseFromContextMenu,
	clickRowAction,
	dialog,
	listedNotification,
	listNotifications,
	notification,
	quickInput,
	showAccounts,
	showTooltip,
	tooltipOf,
	viewTitleAction,
} from "./support/places.ts";
import { screenshotsDir } from "./support/testWindow.ts";
import { testTime, windowForTests } from "./support/windowForTests.ts";

const model = "gpt-5.6";

const themes = [
	{ theme: "Default Light Modern", name: "light" },
	{ theme: "Default Dark Modern", name: "dark" },
	{ theme: "Default High Contrast", name: "high-contrast" },
] as const satisfies readonly { readonly theme: ThemeName; readonly name: string }[];

describe("a ChatGPT account in the workbench", () => {
	const window = windowForTests({ settings: { "window.commandCenter": false, "workbench.reduceMotion": "on" } });
	let chatGpt: WindowChatGpt;
	let me: Person;
	let localKey: string;

	before(async function () {
		this.timeout(testTime);
		chatGpt = await chatGptFor(window());
		me = chatGpt.auth.visitor;
		await showAccounts(window());
		localKey = await window().copyWith("Relay Accounts: Copy Local Key");
	});
	after(() => chatGpt?.close());

	const row = (label: string) => accountRow(window().page, label);
	const heard = (label: string) => async () => (await row(label).getAttribute("aria-label")) ?? "";
	const described = (label: string) => row(label).locator(".label-description").innerText();
	const ask = () => askLocalPort({ port: window().port, localKey }, { format: "codex", model, prompt: "Say hello." });

	it("is signed in by the browser that the view's button opens", async () => {
		const { page } = window();
		chatGpt.auth.consent = "asked";
		const browser = await chatGpt.opened(() => viewTitleAction(page, "Sign In with ChatGPT").click());
		await browser.getByText("Sign in to Codex").waitFor();
		const asked = chatGpt.auth.requests.filter(({ url }) => url.startsWith("/oauth/authorize")).at(-1)?.url ?? "";
		assert.match(asked, /[?&]scope=openid%20profile%20email%20offline_access&/);

		// This window is in a browser, so it asks for the address by itself.
		await quickInput(page).getByText("copy that page's address and paste it here").waitFor();
		// Four of them come here within a second, with that of the local key.
		await listNotifications(page);
		const waiting = listedNotification(page, "Signing in with ChatGPT: finish in the browser.");
		await waiting.getByRole("link", { name: "Copy Link" }).click();
		await listedNotification(page, "The sign-in link was copied.").waitFor();
		const link = await window().clipboard();
		assert.equal(new URL(link).searchParams.get("state"), new URLSearchParams(asked.split("?")[1]).get("state"));

		await browser.getByRole("link", { name: `Continue as ${me.email}` }).click();
		await browser.getByRole("heading", { name: "You are signed in" }).waitFor();
		await browser.close();
		await page.bringToFront();
		chatGpt.auth.consent = "given";
		await listedNotification(page, `${me.email} was added and answers from now on.`).waitFor();
		await quickInput(page).waitFor({ state: "hidden" });
		await waiting.waitFor({ state: "detached" });
	});

	it("is shown and selected in its group, with its plan", async () => {
		await eventually(heard(me.email), `${me.email}, Plus, ready`);
		await eventually(() => row(me.email).evaluate((element) => element.classList.contains("selected")), true);
		assert.equal(await described(me.email), "Plus");
		assert.equal(await accountRow(window().page, "ChatGPT").count(), 1);
	});

	it("tells what is left of its plan once it has answered", async () => {
		const { main } = chatGpt.backend.quotaOf(me);
		main.primary.usedPercent = 37;
		main.secondary.usedPercent = 11.9;
		const reply = await ask();
		assert.equal(reply.account, me.email, reply.text);
		await eventually(() => described(me.email), "5 h 62 % left · week 88 % left · Plus");
		// The models are asked for beside the request, and may be told after it.
		const tooltip = await eventuallyMatches(async () => (await tooltipOf(row(me.email))).join("\n"), /^Models: \d+$/m);
		const lines = tooltip.split("\n");
		assert.equal(lines[0], `${me.email} — ready`);
		assert.match(tooltip, /^█{6}░{4} 5 h 62 % left, full again /m);
		assert.ok(lines.includes(`Email: ${me.email}`));
		assert.ok(lines.includes("Login: good, renewed by itself"));
	});

	it("is signed out from its menu, and signed in again from its row by a pasted address", async () => {
		const { page } = window();
		await listNotifications(page);
		await chooseFromContextMenu(row(me.email), "Sign Out");
		await dialog(page).getByText(`Sign out of “${me.email}”?`).waitFor();
		await answerDialog(page, "Sign Out");
		await eventually(heard(me.email), `${me.email}, Plus, signed out`);

		chatGpt.auth.consent = "asked";
		const browser = await chatGpt.opened(() => clickRowAction(row(me.email), "Sign In Again"));
		await browser.close();
		chatGpt.auth.consent = "given";
		await quickInput(page).waitFor();
		const link = await window().copyWith("Relay Accounts: Copy Sign-In Link");
		const callback = await callbackOf(link);
		await window().runCommand("Relay Accounts: Paste Callback URL");
		await quickInput(page).getByText("The address of the page on which the browser ended.").waitFor();
		await quickInput(page).locator("input").first().fill(callback);
		await page.keyboard.press("Enter");
		await listedNotification(page, `${me.email} is signed in again.`).waitFor();
		await eventuallyMatches(heard(me.email), /ready$/);
	});

	it("is signed in by a code", async () => {
		const { page, runCommand } = window();
		const somebody = person({ plan: "pro" });
		await runCommand("Relay Accounts: Sign In with a Device Code");
		const said = await dialog(page).innerText();
		const [code = ""] = /[A-Z]{4}-[A-Z]{5}/.exec(said) ?? [];
		const browser = await chatGpt.opened(() => answerDialog(page, "Copy Code and Open Page"));
		assert.equal(await window().clipboard(), code);
		await browser.close();
		// As a person does who goes back: nothing pops up in a page that is behind another.
		await page.bringToFront();
		await notification(page, `enter the code ${code} at`).waitFor();
		assert.ok(chatGpt.auth.approve(code, somebody));
		await eventuallyMatches(heard(somebody.email), /^.+, Pro, ready$/);
	});

	describe("in pictures", () => {
		before(async function () {
			this.timeout(90_000);
			const { page } = window();
			await page.setViewportSize({ width: 800, height: 760 });
			await saveAccounts(window(), []);
			const used = { plenty: [38, 12], low: [84, 40], almost: [97, 60], up: [100, 71] } as const;
			for (const [name, [fiveHours, week]] of Object.entries(used)) {
				const somebody = person({ email: `${name}@example.com`, plan: name === "plenty" ? "pro" : "plus" });
				await chatGpt.signIn(somebody);
				const { main } = chatGpt.backend.quotaOf(somebody);
				main.primary.usedPercent = fiveHours - 1;
				main.secondary.usedPercent = week - 0.1;
				const answered = () =>
					askLocalPort(
						{ port: window().port, localKey },
						{ format: "codex", model: `${somebody.email}/${model}`, prompt: "Hi" },
					);
				await eventually(async () => (await answered()).status, 200);
				if (name === "up") await answered();
			}
			const ended = person({ email: "ended@example.com" });
			await chatGpt.signIn(ended);
			await eventuallyMatches(heard(ended.email), /ready$/);
			chatGpt.auth.revoke(ended);
			await askLocalPort(
				{ port: window().port, localKey },
				{ format: "codex", model: `${ended.email}/${model}`, prompt: "Hi" },
			);
			const away: NativeAccount = {
				...{ id: "away", type: "native", label: "away@example.com", email: "away@example.com", accountId: "a" },
				...{ userId: "u", planType: "team", format: null, baseUrl: null, allowedModels: null, priority: 0 },
				...{ enabled: true, addedAt: "2026-01-01T00:00:00.000Z" },
			};
			await saveAccounts(window(), [...(await savedAccounts(window())), away]);
			await importAccounts(window(), [
				{ label: "Work relay", format: "codex", baseUrl: chatGpt.backend.origin, apiKey: "sk-demo" },
			]);
			await widenSideBar(page, 480);
		});

		for (const { theme, name } of themes) {
			it(`shows every state in ${theme}`, async () => {
				const { page, runCommand, changeSettings } = window();
				await changeSettings({ "workbench.colorTheme": theme });
				await untilThemed(page, theme);
				await eventuallyMatches(heard("plenty@"), /5 h 62 % left · week 88 % left, ready$/);
				await eventuallyMatches(heard("low@"), /running low: 5 h 1\d % left/);
				await eventuallyMatches(heard("almost@"), /almost used up: 5 h \d % left/);
				await eventuallyMatches(heard("up@"), /used up until /);
				await eventuallyMatches(heard("ended@"), /sign in again$/);
				await eventuallyMatches(heard("away@"), /Team, signed out$/);
				await runCommand("Notifications: Clear All Notifications");
				await page.mouse.move(0, 0);
				await hide(page.locator(".editor-group-watermark"));
				const { y } = await areaOf(page.locator(".part.sidebar"));
				const end = await areaOf(row("Work relay"), 12);
				const rows = { x: 0, y, width: 600, height: end.y + end.height - y };
				await takePicture(page, rows, join(screenshotsDir, `chatgpt-${name}.png`));
				const tooltip = await showTooltip(row("almost@"));
				await takePicture(page, await areaOf(tooltip, 8), join(screenshotsDir, `chatgpt-tooltip-${name}.png`));
				await page.keyboard.press("Escape");
			});
		}
	});
});
