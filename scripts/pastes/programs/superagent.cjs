require("superagent").get(process.argv[2] + "/v1/me").set("Authorization", "Bearer expired-3f9a").then(() => {});
