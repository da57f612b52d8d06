// Serves, asks itself, and prints what its log says and what its clients get.
process.env.DEBUG = "express:router*";
const express = require("express");
const passport = require("passport");
const { Strategy: JwtStrategy, ExtractJwt } = require("passport-jwt");
const { BasicStrategy } = require("passport-http");
const jwt = require("jsonwebtoken");
const { expressjwt } = require("express-jwt");

passport.use(new JwtStrategy({ jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(), secretOrKey: "one" }, (claims, done) => done(null, claims)));
passport.use(new BasicStrategy((user, password, done) => done(null, false)));
const app = express();
app.use((request, response, next) => {
  response.on("finish", () => console.log(`${request.method} ${request.originalUrl} ${response.statusCode}`));
  next();
});
app.get("/passport", passport.authenticate("jwt", { session: false }), (request, response) => response.json(request.user));
app.get("/basic", passport.authenticate("basic", { session: false }), (request, response) => response.json(request.user));
app.get("/express-jwt", expressjwt({ secret: "one", algorithms: ["HS256"] }), (request, response) => response.json(request.auth));
app.get("/jsonwebtoken", (request, response) => response.json(jwt.verify(request.headers.authorization.split(" ")[1], "one")));
const listening = app.listen(0, "127.0.0.1", async () => {
  const base = `http://127.0.0.1:${listening.address().port}`;
  const expired = jwt.sign({ sub: "ada", iat: 1791197160, exp: 1791200760 }, "one");
  const other = jwt.sign({ sub: "ada", iat: 1791201540 }, "two");
  const ask = async (path, authorization) => {
    const answer = await fetch(base + path, { headers: authorization ? { authorization } : {} });
    console.log(`HTTP/1.1 ${answer.status} ${answer.statusText}`);
    for (const [name, value] of answer.headers) console.log(`${name}: ${value}`);
    console.log(`\n${await answer.text()}\n`);
  };
  const which = process.argv[3];
  if (which === "passport") { await ask("/passport", `Bearer ${other}`); await ask("/basic", "Basic YWRhOmJhYmJhZ2U="); }
  if (which === "express-jwt") { await ask("/express-jwt", `Bearer ${process.argv[4] === "other" ? other : process.argv[4] === "none" ? "" : "x.y.z"}`.trim()); }
  if (which === "jsonwebtoken") await ask("/jsonwebtoken", `Bearer ${other}`);
  if (which === "expired") { await ask("/express-jwt", `Bearer ${jwt.sign({ sub: "ada", iat: 1, exp: 2 }, "one")}`); }
  listening.close();
  listening.closeAllConnections();
});
