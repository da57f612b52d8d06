const axios = require("axios");

axios.get(process.argv[2] + "/v1/me", { headers: { Authorization: "Bearer undefined" } }).catch((error) => console.log(error));
