const { request, interceptors, Agent } = require("undici");

const dispatcher = new Agent().compose(interceptors.responseError());
request(process.argv[2] + "/v1/me", { dispatcher, headers: { authorization: "Bearer expired-3f9a" } });
