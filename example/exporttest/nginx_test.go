package exporttest

import (
	"fmt"
	"strings"
)

var nginx = server{
	name:     "nginx",
	binaries: []string{"nginx"},
	dead:     502,
	silent:   504,
	command: func(binary, config, work string) []string {
		return []string{binary, "-p", work, "-e", "stderr", "-c", config}
	},
	// A policy of the site's own, and a rule of it that would catch the pages.
	config: func(c setting) string {
		return fmt.Sprintf(`
daemon off;
master_process off;
pid %[2]s/pid;
events { }
http {
	access_log off;
	client_body_temp_path %[2]s/body;
	proxy_temp_path %[2]s/proxy;
	fastcgi_temp_path %[2]s/fastcgi;
	uwsgi_temp_path %[2]s/uwsgi;
	scgi_temp_path %[2]s/scgi;
	proxy_read_timeout 1s;
	gzip on;
	include %[3]s;
	server {
		listen %[1]s;
		client_max_body_size 1k;
		add_header Content-Security-Policy "default-src 'self'" always;
		include %[4]s;
		location ~ \.html$ { proxy_pass http://%[5]s; }
		location /dead { proxy_pass http://%[5]s; }
		location /silent { proxy_pass http://%[6]s; }
		location /broken { set $x http://127.0.0.1:1:1; proxy_pass $x; }
		location /closed { return 503; }
		location / { proxy_pass http://%[7]s; }
	}
}
`, c.address, c.work, snippet("nginx-http.conf"), snippet("nginx-server.conf"), c.up.dead, c.up.silent, c.up.site)
	},
	cases: []exchange{
		{"a body that is too big", "POST", "/fine", []string{"Accept-Language", "es"}, tooMuch, 413, "es"},
		{"a head that is too big", "", "/fine", []string{"Cookie", strings.Repeat("x", 20<<10)}, "", 431, "de"},
		{"a request that cannot be read", "", "/fine", []string{"Content-Length", "x"}, "", 400, "de"},
		{"a fault of its own", "", "/broken", []string{"Accept-Language", "fr"}, "", 500, "fr"},
		{"closed on purpose", "", "/closed", []string{"Accept-Language", "fr"}, "", 503, "fr"},
	},
}
