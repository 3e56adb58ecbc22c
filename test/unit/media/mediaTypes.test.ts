import assert from "node:assert/strict";
import { asUtf8, mediaTypeOf, plainMediaType } from "../../../src/proxy/mediaTypes.ts";

const png = Buffer.from("\x89PNG\r\n\x1a\n....", "latin1");
const pdf = Buffer.from("%PDF-1.7\n");
const page = Buffer.from("<!DOCTYPE html><title>Sign in</title>");

describe("media types of fetched files", () => {
	for (const [kind, contentType, bytes, expected] of [
		["image", "image/png", png, "image/png"],
		["image", "IMAGE/JPG; q=1", png, "image/jpeg"],
		["image", "image/svg+xml", Buffer.from("<svg/>"), "image/svg+xml"],
		["image", "application/octet-stream", png, "image/png"],
		["image", "", png, "image/png"],
		["image", "binary/octet-stream", Buffer.from("\xff\xd8\xff\xe0", "latin1"), "image/jpeg"],
		["image", "", Buffer.from("RIFF\n\r\n\0WEBPVP8 ", "latin1"), "image/webp"],
		["document", "application/pdf", pdf, "application/pdf"],
		["document", "application/x-pdf", pdf, "application/pdf"],
		["document", "", pdf, "application/pdf"],
		["document", "text/plain; charset=utf-8", Buffer.from("words"), "text/plain"],
		["document", "text/plain", page, "text/plain"],
		["audio", "audio/mpeg", Buffer.from("ID3"), "audio/mpeg"],
		["video", "video/mp4", Buffer.from("...."), "video/mp4"],
		["video", "", Buffer.from("\0\0\0\x18ftypheic", "latin1"), null],
		["video", "", Buffer.from("\0\0\0\x18ftypisom", "latin1"), "video/mp4"],
	] as const) {
		it(`takes ${contentType || "no type"} beginning ${JSON.stringify(bytes.toString("latin1", 0, 8))} as ${kind}: ${expected}`, () => {
			assert.equal(mediaTypeOf(kind, contentType, "", bytes), expected);
		});
	}

	it("refuses web pages, also those that call themselves an image or nothing", () => {
		for (const contentType of ["text/html", "image/png", "", "application/pdf"]) {
			for (const kind of ["image", "document"] as const) {
				assert.equal(mediaTypeOf(kind, contentType, "image/png", page), null);
			}
		}
		const shy = Buffer.from("\uFEFF\n\n  <HTML lang=en>");
		assert.equal(mediaTypeOf("image", "image/png", "", shy), null);
	});

	it("refuses what is of another kind, whatever the client declares", () => {
		assert.equal(mediaTypeOf("image", "application/json", "image/png", Buffer.from("{}")), null);
		assert.equal(mediaTypeOf("image", "application/pdf", "image/png", pdf), null);
		assert.equal(mediaTypeOf("document", "image/png", "application/pdf", png), null);
		assert.equal(mediaTypeOf("image", "image/", "", png), null);
	});

	it("believes the client only where neither server nor file tells", () => {
		const unknown = Buffer.from("????");
		assert.equal(mediaTypeOf("image", "", "image/heic", unknown), "image/heic");
		assert.equal(mediaTypeOf("image", "application/octet-stream", "application/pdf", unknown), null);
		assert.equal(mediaTypeOf("image", "", "image/jpeg", png), "image/png");
	});

	it("are named without parameters", () => {
		assert.equal(plainMediaType(" Image/PNG ; charset=x"), "image/png");
		assert.equal(plainMediaType(""), "");
	});
});

describe("texts that were fetched", () => {
	it("are in UTF-8 afterwards", () => {
		const latin1 = Buffer.from("Größe", "latin1");
		assert.equal(asUtf8(latin1, "text/plain; charset=ISO-8859-1").toString(), "Größe");
		assert.equal(asUtf8(latin1, 'text/plain; charset="windows-1252"').toString(), "Größe");
		assert.equal(asUtf8(Buffer.from("Größe"), "text/plain").toString(), "Größe");
		assert.equal(asUtf8(Buffer.from("Größe"), "text/plain; charset=UTF-8").toString(), "Größe");
		assert.equal(asUtf8(Buffer.from("Größe"), "text/plain; charset=klingon").toString(), "Größe");
	});
});
