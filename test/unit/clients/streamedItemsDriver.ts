import { isRecord } from "../../../src/formats/modelList.ts";
import type { Driver } from "../../support/matrix/heard.ts";
import { responsesDriver } from "../../support/matrix/responsesDriver.ts";

/** The official SDK on Responses, used by somebody who puts a streamed reply together from its items, as Codex does. */
export const streamedItemsDriver: Driver = {
	...responsesDriver,
	send: (ask, way) => responsesDriver.send(ask, { ...way, fetch: async (...given) => put(await way.fetch(...given)) }),
};

/** The last event with the items that came before it. */
async function put(response: Response): Promise<Response> {
	if (response.headers.get("content-type")?.startsWith("text/event-stream") !== true) return response;
	const items: unknown[] = [];
	const lines = (await response.text()).split("\n").map((line) => {
		if (!line.startsWith("data: ")) return line;
		const event: unknown = JSON.parse(line.slice("data: ".length));
		if (!isRecord(event)) return line;
		if (event["type"] === "response.output_item.done") items.push(event["item"]);
		const { response: whole } = event;
		const isLast = event["type"] === "response.completed" && isRecord(whole);
		return isLast ? `data: ${JSON.stringify({ ...event, response: { ...whole, output: items } })}` : line;
	});
	return new Response(lines.join("\n"), { status: response.status, headers: response.headers });
}
