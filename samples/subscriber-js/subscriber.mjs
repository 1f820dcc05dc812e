// An outside service: it knows nothing of the mesh but its topic, and prints one line for each event of any agent.
import { DaprPubSubStatusEnum, DaprServer } from "@dapr/dapr";
import express from "express";

const PUBSUB = "pubsub";
const TOPIC = "agentmesh.events";
// Where the sidecar puts what this service did not take, when its retries are over.
const DEAD_LETTERS = "agentmesh.events.dead.subscriber-js";

// The SDK's server listens on every address and asks nobody who they are. Only the sidecar knows the app's token.
const app = express();
app.disable("x-powered-by");
app.get("/healthz", (_, response) => response.sendStatus(204));
app.use((request, response, next) => {
  const token = process.env.APP_API_TOKEN;
  if (!token || request.get("dapr-api-token") === token) next();
  else response.sendStatus(401);
});

// Events come at least once, and a repeat has the id of the first. A service that acts on events keeps the ids where it keeps what it has done, in one
// transaction; this one only prints, and its memory ends with it.
const known = new Set();
const MAX_KNOWN = 100_000;

function remember(id) {
  known.add(id);
  if (known.size > MAX_KNOWN) known.delete(known.values().next().value);
}

/** @param event a CloudEvent, as docs/events.md describes them */
function show({ id, time, type, source, data }) {
  const { agent, session, seq, ...rest } = data;
  console.log(`event ${id} ${time} ${type} ${source} ${JSON.stringify(rest)}`);
}

async function handle(event) {
  try {
    if (!known.has(event.id)) {
      show(event);
      remember(event.id);
    }

    return DaprPubSubStatusEnum.SUCCESS;
  } catch (error) {
    // The SDK takes an exception for success, and the event would be lost: this asks for another try, and in the end for the dead-letter topic.
    console.error(`not taken: ${error.message}`);
    return DaprPubSubStatusEnum.RETRY;
  }
}

const server = new DaprServer({
  serverHost: "127.0.0.1",
  serverPort: process.env.APP_PORT ?? "8091",
  serverHttp: app,
  clientOptions: { daprHost: "127.0.0.1", daprPort: process.env.DAPR_HTTP_PORT ?? "3500" },
});

await server.pubsub.subscribeWithOptions(PUBSUB, TOPIC, {
  callback: handle,
  deadLetterTopic: DEAD_LETTERS,
  // The SDK hands over the data of a CloudEvent only. With this the data is the whole event, and with it the id.
  metadata: { rawPayload: true },
});
await server.start();
