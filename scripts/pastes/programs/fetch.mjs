const answer = await fetch(process.argv[2] + "/v1/me", { headers: { Authorization: `Bearer ${process.env.API_TOKEN}` } });
console.log(answer.status, answer.statusText, Object.fromEntries(answer.headers));
if (!answer.ok) throw new Error(`HTTP error! status: ${answer.status} ${await answer.text()}`);
