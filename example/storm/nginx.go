package main

import (
	"context"
	"fmt"
	"path/filepath"
)

// startNginx starts nginx with the page as its error_page. It logs nothing, to give it
// its best.
func startNginx(ctx context.Context, a *arena) (*process, error) {
	address, err := freePort()
	if err != nil {
		return nil, err
	}
	encoding := ""
	if a.page.encoding != "" {
		encoding = fmt.Sprintf("add_header Content-Encoding %s always;", a.page.encoding)
	}
	config, err := a.write("nginx.conf", fmt.Sprintf(`
daemon off;
master_process off;
worker_processes 1;
error_log /dev/null emerg;
pid %[1]s/nginx.pid;
events { worker_connections 1024; }
http {
	access_log off;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	keepalive_requests 1000000000;
	sendfile on;
	tcp_nopush on;
	open_file_cache max=10;
	types { }
	default_type "%[2]s";
	server {
		listen %[3]s;
		error_page %[4]d /%[5]s;
		location / { proxy_pass http://%[6]s; }
		location = /%[5]s { internal; root %[1]s; %[7]s }
	}
}
`, a.dir, a.page.contentType, address, a.page.status, filepath.Base(a.page.file), a.upstream, encoding))
	if err != nil {
		return nil, err
	}
	return a.startAt(ctx, address, nil, "nginx", "-p", a.dir, "-e", "stderr", "-c", config)
}
