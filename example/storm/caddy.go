package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
)

// startCaddy starts Caddy with the page as the file of its handle_errors.
func startCaddy(ctx context.Context, a *arena) (*process, error) {
	address, err := freePort()
	if err != nil {
		return nil, err
	}
	encoding := ""
	if a.page.encoding != "" { // Caddy itself sends no length then
		encoding = fmt.Sprintf("header Content-Encoding %s\n\t\theader Content-Length %d", a.page.encoding, len(a.page.body))
	}
	config, err := a.write("Caddyfile", fmt.Sprintf(`
{
	admin off
	auto_https off
	log {
		output discard
	}
}
http://%s {
	bind 127.0.0.1
	reverse_proxy %s
	handle_errors {
		root * %s
		rewrite * /%s
		header Content-Type "%s"
		%s
		file_server
	}
}
`, ":"+address[strings.LastIndexByte(address, ':')+1:], a.upstream, a.dir, filepath.Base(a.page.file), a.page.contentType, encoding))
	if err != nil {
		return nil, err
	}
	env := append([]string{"XDG_CONFIG_HOME=" + a.dir, "XDG_DATA_HOME=" + a.dir}, oneCore...)
	return a.startAt(ctx, address, env, "caddy", "run", "--adapter", "caddyfile", "--config", config)
}
