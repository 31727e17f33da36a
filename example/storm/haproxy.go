package main

import (
	"context"
	"fmt"
)

// startHAProxy starts HAProxy with the page as its errorfile, with the status that the
// page has: HAProxy's own for a dead upstream is 503.
func startHAProxy(ctx context.Context, a *arena) (*process, error) {
	address, err := freePort()
	if err != nil {
		return nil, err
	}
	message := a.page.message()
	file, err := a.write("page.http", string(message))
	if err != nil {
		return nil, err
	}
	config, err := a.write("haproxy.cfg", fmt.Sprintf(`
global
	nbthread 1
	tune.bufsize %d
defaults
	mode http
	option http-keep-alive
	timeout client 30s
	timeout connect 2s
	timeout server 30s
	retries 0
	errorfile 503 %s
frontend www
	bind %s
	default_backend dead
backend dead
	server upstream %s
`, len(message)+16<<10, file, address, a.upstream))
	if err != nil {
		return nil, err
	}
	return a.startAt(ctx, address, nil, "haproxy", "-db", "-f", config)
}
