import * as vscode from "vscode";
import { mainBucket, type Quota, type QuotaBucket, type QuotaCredits } from "../bridge/quota.ts";
import { quotaAsOf } from "../bridge/quotaRules.ts";
import type { LocalTexts } from "./localTexts.ts";
import { escapeMarkdown } from "./markdown.ts";
import { type QuotaLeft, quotaLeft, quotaLeftText } from "./quotaText.ts";

/** Characters of a bar. */
const barLength = 10;
/** How many buckets are shown. */
const bucketLimit = 6;

/** What is left of a plan as lines of Markdown: each bucket's spans, credits, and when all this was told. */
export function quotaLines(quota: Quota | null, now: number, local: LocalTexts): readonly string[] {
	if (quota === null) return [escapeMarkdown(vscode.l10n.t("What is left of the plan is not known yet."))];
	const { at, buckets, credits } = quotaAsOf(quota, now);
	const lines = buckets.slice(0, bucketLimit).flatMap((bucket) => bucketLines(bucket, local));
	const more = buckets.length - bucketLimit;
	return [
		...lines,
		...(more > 0 ? [vscode.l10n.t("and {0} more", more)] : []),
		...(credits === null ? [] : [`${vscode.l10n.t("Credits")}: ${escapeMarkdown(creditsText(credits))}`]),
		`${vscode.l10n.t("Figures of")}: ${escapeMarkdown(local.short(at))}`,
	];
}

function bucketLines(bucket: QuotaBucket, local: LocalTexts): readonly string[] {
	const name = bucket.id === mainBucket ? "" : `${escapeMarkdown(bucket.name ?? bucket.id)}: `;
	const spans = quotaLeft(bucket);
	// The backend may say so while its figures do not.
	const isOnlySaid = bucket.reached === true && spans.every(({ percent }) => percent > 0);
	return [
		...spans.map((span) => spanLine(span, name, local)),
		...(isOnlySaid ? [`${name}${escapeMarkdown(vscode.l10n.t("used up, says ChatGPT"))}`] : []),
	];
}

/** @param name of the bucket, as Markdown; empty for the main one. */
function spanLine(span: QuotaLeft, name: string, local: LocalTexts): string {
	const words = [quotaLeftText(span)];
	if (span.resetsAt !== null) words.push(vscode.l10n.t("full again {0}", local.short(span.resetsAt)));
	return `${bar(span.percent)} ${name}${escapeMarkdown(words.join(", "))}`;
}

/** What is left, in blocks: the words beside it say the same. */
function bar(percent: number): string {
	const full = percent === 0 ? 0 : Math.max(1, Math.round((percent / 100) * barLength));
	return "█".repeat(full) + "░".repeat(barLength - full);
}

function creditsText({ has, unlimited, balance }: QuotaCredits): string {
	if (unlimited) return vscode.l10n.t("unlimited");
	if (!has) return vscode.l10n.t("none");
	return balance ?? vscode.l10n.t("some");
}
