//! A diagnosis as it is shown, the same for terminal, page and API: excerpts with secrets masked, plain values. Knows
//! nothing of HTML, addresses or articles; what an article says is handed in.
