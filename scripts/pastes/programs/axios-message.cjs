const axios = require("axios");

axios.post(process.argv[2] + "/v1/orders", { item: 17 }, { headers: { Authorization: "Bearer expired-3f9a" } });
