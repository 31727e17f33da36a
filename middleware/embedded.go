package middleware

import "reflect"

// embedded returns what a struct, or a pointer to one, embeds under that name: the connection
// inside a connection, the context that another was made of. Nil: it does not, or hides it.
func embedded[T any](outer any, name string) (inner T) {
	v := reflect.Indirect(reflect.ValueOf(outer))
	if v.Kind() != reflect.Struct {
		return inner
	}
	if field := v.FieldByName(name); field.IsValid() && field.CanInterface() {
		inner, _ = field.Interface().(T)
	}
	return inner
}
