package diagnosis

import "slices"

// A Type is one of the 32 error types registered for Proxy-Status (RFC 9209 §2.3).
// The zero value is no error type: RFC 9209 has none for a visitor who left.
type Type string

// The registered error types, in the order of RFC 9209 §2.3.
const (
	DNSTimeout                     Type = "dns_timeout"
	DNSError                       Type = "dns_error"
	DestinationNotFound            Type = "destination_not_found"
	DestinationUnavailable         Type = "destination_unavailable"
	DestinationIPProhibited        Type = "destination_ip_prohibited"
	DestinationIPUnroutable        Type = "destination_ip_unroutable"
	ConnectionRefused              Type = "connection_refused"
	ConnectionTerminated           Type = "connection_terminated"
	ConnectionTimeout              Type = "connection_timeout"
	ConnectionReadTimeout          Type = "connection_read_timeout"
	ConnectionWriteTimeout         Type = "connection_write_timeout"
	ConnectionLimitReached         Type = "connection_limit_reached"
	TLSProtocolError               Type = "tls_protocol_error"
	TLSCertificateError            Type = "tls_certificate_error"
	TLSAlertReceived               Type = "tls_alert_received"
	HTTPRequestError               Type = "http_request_error"
	HTTPRequestDenied              Type = "http_request_denied"
	HTTPResponseIncomplete         Type = "http_response_incomplete"
	HTTPResponseHeaderSectionSize  Type = "http_response_header_section_size"
	HTTPResponseHeaderSize         Type = "http_response_header_size"
	HTTPResponseBodySize           Type = "http_response_body_size"
	HTTPResponseTrailerSectionSize Type = "http_response_trailer_section_size"
	HTTPResponseTrailerSize        Type = "http_response_trailer_size"
	HTTPResponseTransferCoding     Type = "http_response_transfer_coding"
	HTTPResponseContentCoding      Type = "http_response_content_coding"
	HTTPResponseTimeout            Type = "http_response_timeout"
	HTTPUpgradeFailed              Type = "http_upgrade_failed"
	HTTPProtocolError              Type = "http_protocol_error"
	ProxyInternalResponse          Type = "proxy_internal_response"
	ProxyInternalError             Type = "proxy_internal_error"
	ProxyConfigurationError        Type = "proxy_configuration_error"
	ProxyLoopDetected              Type = "proxy_loop_detected"
)

// Properties are what the registry and the HTTP cycle say of a [Type].
type Properties struct {
	Status    int   // the recommended status
	Phase     Phase // where in the cycle it usually happens; empty: at the gateway itself
	Party     Party // who must usually act
	Retryable bool  // whether waiting can help
}

type registered struct {
	Type
	Properties
}

var registry = [...]registered{
	{DNSTimeout, Properties{504, Lookup, Site, true}},
	{DNSError, Properties{502, Lookup, Site, true}},
	{DestinationNotFound, Properties{500, "", Site, false}},
	{DestinationUnavailable, Properties{503, Connect, Site, true}},
	{DestinationIPProhibited, Properties{502, Connect, Site, false}},
	{DestinationIPUnroutable, Properties{502, Connect, Site, true}},
	{ConnectionRefused, Properties{502, Connect, Site, true}},
	{ConnectionTerminated, Properties{502, Receive, Site, true}},
	{ConnectionTimeout, Properties{504, Connect, Site, true}},
	{ConnectionReadTimeout, Properties{504, Receive, Site, true}},
	{ConnectionWriteTimeout, Properties{504, Send, Site, true}},
	{ConnectionLimitReached, Properties{503, Connect, Site, true}},
	{TLSProtocolError, Properties{502, Connect, Site, false}},
	{TLSCertificateError, Properties{502, Connect, Site, false}},
	{TLSAlertReceived, Properties{502, Connect, Site, false}},
	{HTTPRequestError, Properties{400, "", Visitor, false}},
	{HTTPRequestDenied, Properties{403, "", Visitor, false}},
	{HTTPResponseIncomplete, Properties{502, Receive, Site, true}},
	{HTTPResponseHeaderSectionSize, Properties{502, Receive, Site, false}},
	{HTTPResponseHeaderSize, Properties{502, Receive, Site, false}},
	{HTTPResponseBodySize, Properties{502, Receive, Site, false}},
	{HTTPResponseTrailerSectionSize, Properties{502, Receive, Site, false}},
	{HTTPResponseTrailerSize, Properties{502, Receive, Site, false}},
	{HTTPResponseTransferCoding, Properties{502, Receive, Site, false}},
	{HTTPResponseContentCoding, Properties{502, Receive, Site, false}},
	{HTTPResponseTimeout, Properties{504, Receive, Site, true}},
	{HTTPUpgradeFailed, Properties{502, Receive, Site, false}},
	{HTTPProtocolError, Properties{502, Receive, Site, true}},
	{ProxyInternalResponse, Properties{503, "", Site, true}},
	{ProxyInternalError, Properties{500, "", Site, true}},
	{ProxyConfigurationError, Properties{500, "", Site, false}},
	{ProxyLoopDetected, Properties{502, "", Site, false}},
}

// Types returns the 32 registered error types in the order of RFC 9209 §2.3.
func Types() []Type {
	types := make([]Type, len(registry))
	for i := range registry {
		types[i] = registry[i].Type
	}
	return types
}

// Registered reports whether t is one of the 32 registered error types.
func (t Type) Registered() bool {
	return slices.ContainsFunc(registry[:], func(r registered) bool { return r.Type == t })
}

// Properties returns what is registered for t. For a type that is not registered it
// returns those of [ProxyInternalError]: an unknown word is the gateway's own fault.
func (t Type) Properties() Properties {
	for i := range registry {
		if registry[i].Type == t {
			return registry[i].Properties
		}
	}
	return ProxyInternalError.Properties()
}

// Diagnosis returns what is usual for the type, with nothing seen of an exchange.
func (t Type) Diagnosis() Diagnosis { return ofStep(t, Facts{}) }
