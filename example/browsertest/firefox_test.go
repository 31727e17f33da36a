package browsertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// firefox is a browser that speaks WebDriver BiDi, with a way into its own pages: only
// there can the colour scheme, the medium and scripts be set for one tab.
type firefox struct {
	*bidi
	inside string // browsing context of the browser's own window
}

// preferences make Firefox quiet; most of that it does by itself when it is driven.
const preferences = `user_pref("ui.prefersReducedMotion", 1);
user_pref("intl.accept_languages", "en-US,en");
user_pref("browser.aboutwelcome.enabled", false);
user_pref("ui.useOverlayScrollbars", 1);
user_pref("app.normandy.enabled", false);
user_pref("dom.ipc.processPrelaunch.enabled", false);
user_pref("places.history.enabled", false);
`

func startFirefox() (browser, error) {
	path, err := find("FIVEOHTWO_FIREFOX", "firefox-esr", "firefox")
	if err != nil {
		return nil, err
	}
	dir, err := theSuite.tempDir("firefox")
	if err != nil {
		return nil, err
	}
	profile := filepath.Join(dir, "profile")
	if err := os.Mkdir(profile, 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(profile, "user.js"), []byte(preferences), 0o600); err != nil {
		return nil, err
	}
	const origin = "http://127.0.0.1"
	cmd := exec.Command(path, "--headless", "--no-remote", "--profile", profile, "--remote-debugging-port=0",
		"--remote-allow-origins="+origin, "--remote-allow-system-access", "about:blank")
	cmd.Env = append(append(os.Environ(), home(dir)...), "MOZ_CRASHREPORTER_DISABLE=1")
	process, err := startProcess(cmd, "WebDriver BiDi listening on ")
	if err != nil {
		return nil, err
	}
	theSuite.atEnd(process.stop)
	ctx, cancel := context.WithTimeout(theSuite.ctx, time.Minute)
	defer cancel()
	url, err := process.await(ctx)
	if err != nil {
		return nil, err
	}
	b, err := dialBidi(ctx, url+"/session", origin)
	if err != nil {
		return nil, err
	}
	theSuite.atEnd(b.close)
	return newFirefox(ctx, b)
}

func newFirefox(ctx context.Context, b *bidi) (*firefox, error) {
	var windows struct {
		Contexts []struct {
			Context string `json:"context"`
		} `json:"contexts"`
	}
	err := errors.Join(
		b.call(ctx, "session.new", params{"capabilities": params{}}, nil),
		b.call(ctx, "session.subscribe", params{"events": []string{
			"browsingContext.load", "network.beforeRequestSent", "network.responseStarted", "log.entryAdded",
		}}, nil),
		b.call(ctx, "browsingContext.getTree", params{"moz:scope": "chrome"}, &windows))
	if err == nil && len(windows.Contexts) == 0 {
		err = errors.New("firefox shows no window")
	}
	if err != nil {
		return nil, err
	}
	return &firefox{b, windows.Contexts[0].Context}, nil
}

func (b *firefox) newTab(ctx context.Context) (tab, error) {
	t := &firefoxTab{browser: b, seen: newRecord()}
	var container struct {
		ID string `json:"userContext"`
	}
	if err := b.call(ctx, "browser.createUserContext", params{}, &container); err != nil {
		return nil, err
	}
	t.container = container.ID
	var created struct {
		Context string `json:"context"`
	}
	if err := b.call(ctx, "browsingContext.create", params{"type": "tab", "userContext": t.container}, &created); err != nil {
		return nil, err
	}
	t.id = created.Context
	b.hear(t.id, t.hear)
	return t, nil
}

type firefoxTab struct {
	browser       *firefox
	container, id string
	noScript      bool
	seen          *record
}

// params are those of a command.
type params map[string]any

// hear runs for each event, before the answer to any later command.
func (t *firefoxTab) hear(method string, data json.RawMessage) {
	var e struct {
		Request struct {
			URL string `json:"url"`
		} `json:"request"`
		Response struct {
			Status int `json:"status"`
		} `json:"response"`
		Text string `json:"text"`
	}
	if json.Unmarshal(data, &e) != nil {
		return
	}
	switch method {
	case "network.beforeRequestSent":
		if strings.HasPrefix(e.Request.URL, "http") {
			t.seen.request(e.Request.URL)
		}
	case "network.responseStarted":
		t.seen.answer(e.Request.URL, e.Response.Status)
	case "log.entryAdded":
		t.seen.message(e.Text)
	case "browsingContext.load":
		t.seen.loaded()
	}
}

func (t *firefoxTab) look(ctx context.Context, v view) error {
	t.noScript = v.NoScript
	medium, scheme := "", "light"
	if v.Print {
		medium = "print"
	}
	if v.Dark {
		scheme = "dark"
	}
	inside := fmt.Sprintf(`{
		const { NavigableManager } = ChromeUtils.importESModule("chrome://remote/content/shared/NavigableManager.sys.mjs");
		const context = NavigableManager.getBrowsingContextById(%q);
		context.prefersColorSchemeOverride = %q;
		context.mediumOverride = %q;
		context.allowJavascript = %t;
		"";
	}`, t.id, scheme, medium, !v.NoScript)
	_, err := t.run(ctx, inside, params{"context": t.browser.inside})
	return errors.Join(err,
		t.browser.call(ctx, "browsingContext.setViewport", params{
			"context": t.id, "viewport": params{"width": v.Width, "height": v.Height},
		}, nil),
		t.browser.call(ctx, "network.setExtraHeaders", params{
			"contexts": []string{t.id}, "headers": []params{{"name": "Accept-Language", "value": params{"type": "string", "value": v.language()}}},
		}, nil))
}

func (t *firefoxTab) preload(ctx context.Context, function string) error {
	return t.browser.call(ctx, "script.addPreloadScript", params{"functionDeclaration": function, "contexts": []string{t.id}}, nil)
}

func (t *firefoxTab) open(ctx context.Context, url string) error {
	t.seen.clear()
	return t.browser.call(ctx, "browsingContext.navigate", params{"context": t.id, "url": url, "wait": "complete"}, nil)
}

func (t *firefoxTab) evaluate(ctx context.Context, expression string) (string, error) {
	target := params{"context": t.id}
	if t.noScript {
		target["sandbox"] = "browsertest" // which is not the page's own world
	}
	return t.run(ctx, asJSON(expression), target)
}

// run evaluates an expression whose value is a string.
func (t *firefoxTab) run(ctx context.Context, expression string, target params) (string, error) {
	var r struct {
		Result struct {
			Value json.RawMessage `json:"value"`
		} `json:"result"`
		Exception *struct {
			Text string `json:"text"`
		} `json:"exceptionDetails"`
	}
	err := t.browser.call(ctx, "script.evaluate", params{"expression": expression, "target": target, "awaitPromise": true}, &r)
	switch {
	case err != nil:
		return "", err
	case r.Exception != nil:
		return "", errors.New(r.Exception.Text)
	}
	var text string
	return text, json.Unmarshal(r.Result.Value, &text)
}

func (t *firefoxTab) click(ctx context.Context, x, y float64) error {
	return t.browser.call(ctx, "input.performActions", params{"context": t.id, "actions": []params{{
		"type": "pointer", "id": "mouse", "actions": []params{
			{"type": "pointerMove", "x": int(x), "y": int(y)},
			{"type": "pointerDown", "button": 0},
			{"type": "pointerUp", "button": 0},
		},
	}}}, nil)
}

func (t *firefoxTab) press(ctx context.Context, key string) error {
	key = map[string]string{tabKey: "\ue004", enterKey: "\ue006"}[key] // as WebDriver names them
	return t.browser.call(ctx, "input.performActions", params{"context": t.id, "actions": []params{{
		"type": "key", "id": "keyboard", "actions": []params{{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}},
	}}}, nil)
}

func (t *firefoxTab) screenshot(ctx context.Context) ([]byte, error) {
	var image struct {
		Data []byte `json:"data"`
	}
	err := t.browser.call(ctx, "browsingContext.captureScreenshot", params{"context": t.id, "origin": "document"}, &image)
	return image.Data, err
}

func (t *firefoxTab) record() *record { return t.seen }

func (t *firefoxTab) close(ctx context.Context) error {
	t.browser.hear(t.id, nil)
	return errors.Join(
		t.browser.call(ctx, "browsingContext.close", params{"context": t.id}, nil),
		t.browser.call(ctx, "browser.removeUserContext", params{"userContext": t.container}, nil))
}
