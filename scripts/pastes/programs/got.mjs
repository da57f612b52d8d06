import { createRequire } from "node:module";

const got = createRequire(process.env.NODE_PATH + "/")("got").default;
await got(process.argv[2] + "/v1/me", { headers: { authorization: "Bearer expired-3f9a" } });
