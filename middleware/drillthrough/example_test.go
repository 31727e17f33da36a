package drillthrough_test

import (
	"context"
	"fmt"
	"log"

	"github.com/fiveohtwo/fiveohtwo/middleware/drillthrough"
	"github.com/fiveohtwo/fiveohtwo/middleware/upstreamtest"
)

func ExampleChecker_Check() {
	upstream, err := upstreamtest.Start("tls_certificate_expired") // or your own
	if err != nil {
		log.Fatal(err)
	}
	defer upstream.Close()

	checker := drillthrough.Checker{TLS: upstream.Transport().TLSClientConfig}
	report := checker.Check(context.Background(), upstream.URL.String())
	for _, address := range report.Addresses {
		for _, link := range address.Hops[0].Links {
			fmt.Println(link.Name, link.Result)
		}
	}
	fmt.Println(report.Fix[0])
	// Output:
	// connect ok
	// tls broken
	// the upstream's certificate has expired: renew it
}
