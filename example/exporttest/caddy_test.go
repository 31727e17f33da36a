package exporttest

import "fmt"

var caddy = server{
	name:     "caddy",
	binaries: []string{"caddy"},
	dead:     502,
	silent:   504,
	command: func(binary, config, _ string) []string {
		return []string{binary, "run", "--adapter", "caddyfile", "--config", config}
	},
	config: func(c setting) string {
		return fmt.Sprintf(`
{
	admin off
	auto_https off
}
http://:%[1]s {
	bind 127.0.0.1
	import %[2]s
	header Content-Security-Policy "default-src 'self'"
	handle /dead* {
		reverse_proxy %[3]s
	}
	handle /silent* {
		reverse_proxy %[4]s {
			transport http {
				response_header_timeout 1s
			}
		}
	}
	handle /big* {
		error 413
	}
	handle /closed* {
		error 503
	}
	handle /broken* {
		error 500
	}
	handle {
		reverse_proxy %[5]s
	}
}
`, c.port(), snippet("Caddyfile"), c.up.dead, c.up.silent, c.up.site)
	},
	cases: []exchange{
		// By a rule: the reverse_proxy of Caddy 2.6 makes 502 of a body over request_body's limit.
		{"a body that is too big", "POST", "/big", []string{"Accept-Language", "es"}, "x", 413, "es"},
		{"a fault of its own", "", "/broken", []string{"Accept-Language", "fr"}, "", 500, "fr"},
		{"closed on purpose", "", "/closed", []string{"Accept-Language", "fr"}, "", 503, "fr"},
	},
}
