package middleware_test

// Fields of browsers. metadata adds those that they send to secure origins.
const (
	chromiumAhead = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8"
	chromiumPage  = chromiumAhead + ",application/signed-exchange;v=b3;q=0.7"
	chromiumImage = "Accept: image/jxl,image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"
	firefoxPage   = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	firefoxImage  = "Accept: image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5"
	anything      = "Accept: */*"
	andForm       = "|Content-Type: application/x-www-form-urlencoded"
	andJSON       = "|Content-Type: application/json"
	handshake     = "Connection: Upgrade|Upgrade: websocket|Sec-Websocket-Version: 13"
)

func metadata(dest, mode string) string {
	return "|Sec-Fetch-Dest: " + dest + "|Sec-Fetch-Mode: " + mode
}

// An arrival is a request of a program, by the fields that may choose its answer, and that
// answer. Last stands whose request was recorded so, or that it is from documentation.
type arrival struct{ name, method, fields, want, recorded string }

var visits = []arrival{
	// Browsers show what comes.
	{"Chromium opens a page", "", chromiumPage + metadata("document", "navigate"), aPage, "Chromium 156"},
	{"Chromium opens a page over plain http", "", chromiumPage, aPage, "Chromium 156"},
	{"Chromium sends a form", "POST", chromiumPage + andForm + metadata("document", "navigate"), aPage, "Chromium 156"},
	{"Chromium through a service worker", "", chromiumPage + metadata("empty", "navigate"), aPage, "Chromium 156"},
	{"Chromium saves a link, which names no type", "", metadata("empty", "navigate")[1:], aPage, "Chromium 156"},
	{"Chromium shows an iframe", "", chromiumPage + metadata("iframe", "navigate"), aFrame, "Chromium 156"},
	{"Chromium sends a form into an iframe", "POST", chromiumPage + andForm + metadata("iframe", "navigate"), aFrame, "Chromium 156"},
	{"Chromium shows a frame of a frameset", "", chromiumPage + metadata("frame", "navigate"), aFrame, "Chromium 156"},
	{"Chromium shows an object", "", chromiumPage + metadata("object", "navigate"), aFrame, "Chromium 156"},
	{"Chromium shows an embed", "", chromiumPage + metadata("embed", "navigate"), aFrame, "Chromium 156"},
	{"Chromium shows a fenced frame", "", chromiumPage + metadata("fencedframe", "navigate"), aFrame, "documented"},
	{"Firefox opens a page", "", firefoxPage + metadata("document", "navigate"), aPage, "Firefox 153 ESR"},
	{"Firefox opens a page over plain http", "", firefoxPage, aPage, "Firefox 153 ESR"},
	{"Firefox sends a form", "POST", firefoxPage + andForm + metadata("document", "navigate"), aPage, "Firefox 153 ESR"},
	{"Firefox shows an iframe", "", firefoxPage + metadata("iframe", "navigate"), aFrame, "Firefox 153 ESR"},
	{"Firefox shows a frame of a frameset", "", firefoxPage + metadata("frame", "navigate"), aFrame, "Firefox 153 ESR"},
	{"Firefox shows an object, of which it takes anything", "", anything + metadata("object", "navigate"), aFrame, "Firefox 153 ESR"},
	{"Firefox shows an embed, of which it takes anything", "", anything + metadata("embed", "navigate"), aFrame, "Firefox 153 ESR"},
	{"Firefox shows an object over plain http", "", anything, inText, "Firefox 153 ESR"},
	{"WebKitGTK opens a page", "", firefoxPage + metadata("document", "navigate"), aPage, "WebKitGTK 2.50.6"},
	{"WebKitGTK shows an object, which it calls an iframe", "", firefoxPage + metadata("iframe", "navigate"), aFrame, "WebKitGTK 2.50.6"},
	{"Safari looks ahead, to show the page later", "", firefoxPage + metadata("document", "navigate") + "|Purpose: preview", aPage, "documented"},
	{"yt-dlp says it navigates", "", firefoxPage + "|Sec-Fetch-Mode: navigate", aPage, "yt-dlp 2023.03.04"},
	{"Lynx", "", "Accept: text/html, text/plain, text/sgml, text/css, */*;q=0.01", aPage, "Lynx 2.9.0dev.12"},
	{"w3m", "", "Accept: text/html, text/*;q=0.5, image/*, application/*", aPage, "w3m 0.5.3"},
	{"Links, which asks for nothing in particular", "", anything, inText, "Links 2.28, ELinks 0.13.2"},
	{"Internet Explorer 8, which names no HTML", "", "Accept: image/gif, image/jpeg, image/pjpeg, application/x-ms-application, application/xaml+xml, application/x-ms-xbap, */*", inText, "documented"},

	// Nobody reads what comes in the place of a part of a page.
	{"Chromium wants an image", "", chromiumImage + metadata("image", "no-cors"), aNumber, "Chromium 156"},
	{"Chromium wants an image for a canvas", "", chromiumImage + metadata("image", "cors"), aNumber, "Chromium 156"},
	{"Chromium wants a favicon", "", chromiumImage + metadata("image", "no-cors"), aNumber, "Chromium 156"},
	{"Chromium wants an image over plain http", "", chromiumImage, inText, "Chromium 156"},
	{"Chromium wants a style sheet", "", "Accept: text/css,*/*;q=0.1" + metadata("style", "no-cors"), aNumber, "Chromium 156"},
	{"Chromium wants a style sheet over plain http", "", "Accept: text/css,*/*;q=0.1", inText, "Chromium 156"},
	{"Chromium wants a script", "", anything + metadata("script", "no-cors"), aNumber, "Chromium 156"},
	{"Chromium wants a module", "", anything + metadata("script", "cors"), aNumber, "Chromium 156"},
	{"Chromium wants a font", "", anything + metadata("font", "cors"), aNumber, "Chromium 156"},
	{"Chromium wants a video", "", anything + metadata("video", "no-cors"), aNumber, "Chromium 156"},
	{"Chromium wants subtitles", "", anything + metadata("track", "same-origin"), aNumber, "Chromium 156"},
	{"Chromium wants a worker", "", anything + metadata("worker", "same-origin"), aNumber, "Chromium 156"},
	{"Chromium wants a shared worker", "", anything + metadata("sharedworker", "same-origin"), aNumber, "Chromium 156"},
	{"Chromium wants a service worker", "", anything + metadata("serviceworker", "same-origin"), aNumber, "Chromium 156"},
	{"Chromium wants an audio worklet", "", anything + metadata("audioworklet", "cors"), aNumber, "Chromium 156"},
	{"Chromium wants a paint worklet", "", anything + metadata("paintworklet", "cors"), aNumber, "Chromium 156"},
	{"Chromium wants a manifest", "", anything + metadata("manifest", "cors"), aNumber, "Chromium 156"},
	{"Chromium wants a style sheet in XSLT", "", "Accept: text/css,*/*;q=0.1" + metadata("xslt", "same-origin"), aNumber, "Chromium 156"},
	{"Chromium reports a breach of a policy", "POST", anything + "|Content-Type: application/csp-report" + metadata("report", "no-cors"), aNumber, "Chromium 156"},
	{"Chromium wants rules for speculation", "", anything + metadata("speculationrules", "cors"), aNumber, "documented"},
	{"Firefox wants an image", "", firefoxImage + metadata("image", "no-cors"), aNumber, "Firefox 153 ESR"},
	{"Firefox wants an image over plain http", "", firefoxImage, inText, "Firefox 153 ESR"},
	{"Firefox wants a video", "", "Accept: video/webm,video/ogg,video/*;q=0.9,application/ogg;q=0.7,audio/*;q=0.6,*/*;q=0.5" + metadata("video", "no-cors"), aNumber, "Firefox 153 ESR"},
	{"Firefox wants a font", "", "Accept: application/font-woff2;q=1.0,application/font-woff;q=0.9,*/*;q=0.8" + metadata("font", "cors"), aNumber, "Firefox 153 ESR"},
	{"Firefox wants a style sheet in XSLT", "", anything + metadata("xslt", "cors"), aNumber, "Firefox 153 ESR"},
	{"WebKitGTK wants a part of an SVG", "", "Accept: image/svg+xml" + metadata("image", "same-origin"), aNumber, "WebKitGTK 2.50.6"},
	{"WebKitGTK wants a font", "", anything + metadata("font", "no-cors"), aNumber, "WebKitGTK 2.50.6"},

	// What is fetched ahead is thrown away when it failed.
	{"Chromium prefetches a link", "", chromiumPage + metadata("empty", "no-cors") + "|Sec-Purpose: prefetch", aNumber, "Chromium 156"},
	{"Chromium prefetches a link over plain http", "", chromiumPage + "|Sec-Purpose: prefetch", aNumber, "Chromium 156"},
	{"Chromium prefetches by a rule", "", chromiumAhead + metadata("document", "navigate") + "|Sec-Purpose: prefetch", aNumber, "Chromium 156"},
	{"Chromium prerenders by a rule", "", chromiumAhead + metadata("document", "navigate") + "|Sec-Purpose: prefetch;prerender", aNumber, "Chromium 156"},
	{"Chromium prefetches through a proxy", "", chromiumAhead + metadata("document", "navigate") + "|Sec-Purpose: prefetch;anonymous-client-ip", aNumber, "documented"},
	{"an older Chrome prefetches", "", chromiumPage + metadata("empty", "no-cors") + "|Purpose: prefetch", aNumber, "documented"},
	{"Firefox prefetches a link", "", firefoxPage + metadata("empty", "no-cors") + "|Sec-Purpose: prefetch", aNumber, "Firefox 153 ESR"},
	{"an older Firefox prefetches", "", firefoxPage + "|X-Moz: prefetch", aNumber, "documented"},

	// Handshakes of WebSocket never get a page.
	{"Chromium opens a WebSocket, of which it tells nothing else", "", handshake, aNumber, "Chromium 156, ws 8.23.0, coder/websocket 1.8.13, Java 17"},
	{"Firefox opens a WebSocket", "", anything + "|" + handshake + metadata("empty", "websocket"), aNumber, "Firefox 153 ESR"},
	{"WebKitGTK opens a WebSocket", "", handshake + metadata("websocket", "websocket"), aNumber, "WebKitGTK 2.50.6"},
	{"aiohttp opens a WebSocket", "", anything + "|" + handshake, aNumber, "aiohttp 3.8.4"},
	{"an old Firefox opens a WebSocket over plain http, and names HTML", "", firefoxPage + "|" + handshake, aNumber, "documented"},
	{"a program opens a WebSocket and names JSON", "", "Accept: application/json|" + handshake, inJSON, ""},
	{"curl offers HTTP/2, which is no handshake", "", anything + "|Connection: Upgrade, HTTP2-Settings|Upgrade: h2c|Http2-Settings: AAMAAABkAAQCAAAAAAIAAAAA", inText, "curl 7.88.1"},

	// Scripts of pages.
	{"fetch in Chromium", "", anything + metadata("empty", "cors"), aProblem, "Chromium 156"},
	{"fetch in Chromium of the same origin only", "", anything + metadata("empty", "same-origin"), aProblem, "Chromium 156"},
	{"fetch in Chromium without CORS", "", anything + metadata("empty", "no-cors"), aProblem, "Chromium 156"},
	{"fetch in Chromium that sends JSON", "POST", anything + andJSON + metadata("empty", "cors"), aProblem, "Chromium 156"},
	{"fetch in Chromium that asks for JSON", "", "Accept: application/json" + metadata("empty", "cors"), inJSON, "Chromium 156"},
	{"fetch in Chromium over plain http looks like any program", "", anything, inText, "Chromium 156"},
	{"Chromium asks whether it may", "OPTIONS", anything + "|Access-Control-Request-Method: PUT" + metadata("empty", "cors"), aProblem, "Chromium 156"},
	{"XMLHttpRequest in Chromium", "POST", anything + "|Content-Type: text/plain;charset=UTF-8" + metadata("empty", "cors"), aProblem, "Chromium 156"},
	{"a JSON module in Chromium", "", "Accept: application/json,*/*;q=0.5" + metadata("json", "cors"), inJSON, "Chromium 156"},
	{"EventSource in Chromium, which reads nothing else", "", "Accept: text/event-stream" + metadata("empty", "cors"), inText, "Chromium 156"},
	{"a beacon of Chromium", "POST", anything + "|Content-Type: text/plain;charset=UTF-8" + metadata("empty", "no-cors"), aProblem, "Chromium 156"},
	{"an image through a service worker looks like fetch", "", chromiumImage + metadata("empty", "no-cors"), aProblem, "Chromium 156"},
	{"a login by a third party", "", "Accept: application/json" + metadata("webidentity", "no-cors"), inJSON, "documented: FedCM"},
	{"fetch in Firefox", "", anything + metadata("empty", "cors"), aProblem, "Firefox 153 ESR"},
	{"fetch in Firefox that sends JSON over plain http", "POST", anything + andJSON, aProblem, "Firefox 153 ESR"},
	{"fetch in WebKitGTK", "", anything + metadata("empty", "cors"), aProblem, "WebKitGTK 2.50.6"},
	{"a Turbo Stream takes a page too", "POST", "Accept: text/vnd.turbo-stream.html, text/html, application/xhtml+xml" + andForm + metadata("empty", "cors"), aPage, "documented"},

	// RPC: its clients read a status, and nothing else.
	{"gRPC in Go", "POST", "Content-Type: application/grpc|Te: trailers", overRPC + "application/grpc", "grpc-go 1.76.0, grpc-js 1.14.7"},
	{"gRPC of Connect", "POST", "Content-Type: application/grpc+proto|Te: trailers", overRPC + "application/grpc", "connect-es 2.1.2, connect-go 1.18.1"},
	{"gRPC with JSON, whose client takes only that", "POST", "Content-Type: application/grpc+json|Te: trailers", overRPC + "application/grpc+json", "connect-go 1.18.1"},
	{"gRPC-Web in Chromium", "POST", anything + "|Content-Type: application/grpc-web+proto|X-Grpc-Web: 1" + metadata("empty", "cors"), overRPC + "application/grpc-web", "grpc-web 2.1.1"},
	{"gRPC-Web in Base64 in Chromium", "POST", "Accept: application/grpc-web-text|Content-Type: application/grpc-web-text|X-Grpc-Web: 1" + metadata("empty", "cors"), overRPC + "application/grpc-web-text", "grpc-web 2.1.1"},
	{"gRPC-Web with JSON, whose client takes only that", "POST", "Content-Type: application/grpc-web+json|X-Grpc-Web: 1", overRPC + "application/grpc-web+json", "connect-go 1.18.1, connect-es 2.1.2"},
	{"a type that only begins like gRPC", "POST", anything + "|Content-Type: application/grpcurl", inText, ""},
	{"Connect with messages of Protocol Buffers", "POST", "Content-Type: application/proto|Connect-Protocol-Version: 1", noBody, "connect-go 1.18.1, connect-es 2.1.2"},
	{"Connect with JSON", "POST", "Content-Type: application/json|Connect-Protocol-Version: 1", noBody, "connect-go 1.18.1, connect-es 2.1.2"},
	{"a stream of Connect", "POST", "Content-Type: application/connect+proto|Connect-Protocol-Version: 1", noBody, "connect-go 1.18.1, connect-es 2.1.2"},
	{"a stream of Connect with JSON", "POST", "Content-Type: application/connect+json|Connect-Protocol-Version: 1", noBody, "connect-go 1.18.1, connect-es 2.1.2"},
	{"Connect by GET, which tells nothing in its header", "", "", inText, "connect-es 2.1.2"},
	{"Prometheus writes to another", "POST", "Content-Type: application/x-protobuf|Content-Encoding: snappy|X-Prometheus-Remote-Write-Version: 0.1.0", noBody, "documented"},
	{"OpenTelemetry sends JSON", "POST", "Content-Type: application/json", aProblem, "documented"},

	// Programs in terminals, and libraries that ask for nothing in particular.
	{"curl", "", anything, inText, "curl 7.88.1"},
	{"curl -I", "HEAD", anything, inText, "curl 7.88.1"},
	{"curl -d", "POST", anything + andForm, inText, "curl 7.88.1"},
	{"curl --json", "POST", "Accept: application/json" + andJSON, inJSON, "curl 7.88.1"},
	{"curl that sends JSON by hand", "POST", anything + andJSON, aProblem, "curl 7.88.1, ApacheBench 2.3"},
	{"curl -T", "PUT", anything, inText, "curl 7.88.1"},
	{"Wget", "", anything, inText, "Wget 1.21.3"},
	{"HTTPie", "", anything, inText, "HTTPie 3.2.1"},
	{"HTTPie that sends JSON", "POST", "Accept: application/json, */*;q=0.5" + andJSON, inJSON, "HTTPie 3.2.1"},
	{"HTTPie that sends a form", "POST", anything + andForm + "; charset=utf-8", inText, "HTTPie 3.2.1"},
	{"aria2", "", "Accept: */*,application/metalink4+xml,application/metalink+xml", inText, "aria2 1.36.0"},
	{"urllib", "", "", inText, "Python 3.11, urllib3 1.26.12, HTTP::Tiny 0.080, PHP 8.2"},
	{"requests", "", anything, inText, "requests 2.28.1, httpx 0.23.3, aiohttp 3.8.4, Ruby 3.1"},
	{"requests that send JSON", "POST", anything + andJSON, aProblem, "requests 2.28.1, httpx 0.23.3, aiohttp 3.8.4"},
	{"net/http", "", "", inText, "Go 1.26.8"},
	{"net/http that sends JSON", "POST", andJSON[1:], aProblem, "Go 1.26.8, superagent 10.4.2"},
	{"fetch in Node says that it is CORS", "", anything + "|Sec-Fetch-Mode: cors", aProblem, "Node 20.20.2"},
	{"fetch in Node that sends JSON", "POST", anything + andJSON + "|Sec-Fetch-Mode: cors", aProblem, "Node 20.20.2"},
	{"EventSource in Node", "", "Accept: text/event-stream|Sec-Fetch-Mode: cors", inText, "eventsource 4.1.1"},
	{"undici without fetch", "", "", inText, "undici 7.30.2, got 14.6.6, node:http"},
	{"axios", "", "Accept: application/json, text/plain, */*", inJSON, "axios 1.21.1"},
	{"axios that sends JSON", "POST", "Accept: application/json, text/plain, */*" + andJSON, inJSON, "axios 1.21.1"},
	{"axios by fetch", "", "Accept: application/json, text/plain, */*|Sec-Fetch-Mode: cors", inJSON, "axios 1.21.1"},
	{"Java's URLConnection names HTML", "", "Accept: text/html, image/gif, image/jpeg, */*; q=0.2", aPage, "OpenJDK 17"},
	{"RestSharp, with ranges that are none", "", "Accept: application/json, text/json, text/x-json, text/javascript, *+json, application/xml, text/xml, *+xml, *", inJSON, "documented"},
	{"FFmpeg", "", anything + "|Range: bytes=0-", inText, "Lavf 59.27.100"},
	{"hey tells the type of nothing", "", "Content-Type: text/html", inText, "hey 0.1.4"},

	// Programs for one purpose.
	{"git looks for references", "", anything + "|Git-Protocol: version=2", inText, "git 2.39.5"},
	{"git fetches", "POST", "Accept: application/x-git-upload-pack-result|Content-Type: application/x-git-upload-pack-request", inText, "git 2.39.5"},
	{"git pushes", "POST", "Accept: application/x-git-receive-pack-result|Content-Type: application/x-git-receive-pack-request", inText, "git 2.39.5"},
	{"apt reads an index", "", "Accept: text/*", inText, "apt 2.6.1"},
	{"apt loads a package", "", "", inText, "apt 2.6.1"},
	{"npm", "", "Accept: application/json", inJSON, "npm 11.19.1"},
	{"pip, with HTML as a last resort", "", "Accept: application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01", aProblem, "pip 23.2.1"},
	{"skopeo names its manifests in six lines", "", "Accept: application/vnd.oci.image.manifest.v1+json|Accept: application/vnd.docker.distribution.manifest.v2+json|Accept: application/vnd.docker.distribution.manifest.v1+prettyjws|Accept: application/vnd.docker.distribution.manifest.v1+json|Accept: application/vnd.docker.distribution.manifest.list.v2+json|Accept: application/vnd.oci.image.index.v1+json", aProblem, "skopeo 1.9.3"},
	{"kubectl names the parameters of tables", "", "Accept: application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json", inJSON, "documented"},
	{"a controller of Kubernetes", "", "Accept: application/vnd.kubernetes.protobuf,application/json", inJSON, "documented"},
	{"a merge patch", "PATCH", anything + "|Content-Type: application/merge-patch+json", aProblem, "documented"},
	{"Apollo, for a part at a time", "POST", "Accept: multipart/mixed;deferSpec=20220824, application/graphql-response+json, application/json" + andJSON, aProblem, "documented"},
	{"a webhook of Stripe", "POST", "Accept: */*; q=0.5, application/xml" + andJSON, aProblem, "documented"},
	{"a webhook's answer for text", "POST", "Accept: text/plain" + andJSON, inText, ""},
	{"SOAP", "POST", "Accept: text/xml, multipart/related|Content-Type: text/xml; charset=utf-8", inText, "documented"},
	{"WebDAV", "PROPFIND", "Content-Type: application/xml; charset=utf-8", inText, "documented"},
	{"DNS over HTTPS", "POST", "Accept: application/dns-message|Content-Type: application/dns-message", inText, "documented: RFC 8484"},
	{"ActivityPub", "", `Accept: application/ld+json; profile="https://www.w3.org/ns/activitystreams"`, aProblem, "documented"},
	{"a program that reads linked data", "", "Accept: text/turtle,application/rdf+xml;q=0.9,application/ld+json;q=0.8,*/*;q=0.3", aProblem, "documented"},

	// Programs that look again and again.
	{"Prometheus scrapes", "", "Accept: application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", inText, "Prometheus 2.42.0"},
	{"a probe of Kubernetes", "", anything, inText, "documented"},
	{"a check of Nagios", "", "", inText, "check_http 2.3.3"},
	{"wrk", "", "", inText, "wrk 4.1.0"},
	{"siege", "", anything, inText, "Siege 4.0.7"},
	{"Newsboat", "", anything, inText, "Newsboat 2.21"},
	{"a reader of RSS and nothing else", "", "Accept: application/rss+xml", inText, "rss-parser 3.13.0"},
	{"Miniflux takes a page to look for feeds in", "", "Accept: application/xml, application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, text/html, */*;q=0.9", aPage, "documented"},
	{"Googlebot", "", "Accept: text/html,application/xhtml+xml,application/signed-exchange;v=b3,application/xml;q=0.9,*/*;q=0.8", aPage, "documented"},
	{"Bingbot and GPTBot", "", anything, inText, "documented"},
	{"Claude Code", "", "Accept: text/markdown, text/html, */*", inMarkdown, "documented"},
	{"Cursor", "", "Accept: text/markdown, text/plain;q=0.9, */*;q=0.8", inMarkdown, "documented"},
	{"OpenCode", "", "Accept: text/markdown;q=1.0, text/x-markdown;q=0.9, text/plain;q=0.8, text/html;q=0.7, */*;q=0.1", inMarkdown, "documented"},
	{"OpenCode that wants text", "", "Accept: text/plain;q=1.0, text/markdown;q=0.9, text/html;q=0.8, */*;q=0.1", inText, "documented"},
	{"Codex", "", "Accept: text/html, */*", aPage, "documented"},
	{"a client of MCP", "POST", "Accept: application/json, text/event-stream" + andJSON, inJSON, "documented"},
}
