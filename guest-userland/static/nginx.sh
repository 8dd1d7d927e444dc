# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034
# nginx, with the paths of Debian's own package so that one set of configurations serves both lanes.
deps="zlib pcre2 libxcrypt"

build() {
	local module without=()

	for module in uwsgi scgi memcached grpc mirror split_clients browser; do
		without+=("--without-http_${module}_module")
	done
	./configure --with-cc=musl-gcc --with-cc-opt="-O2 $INC $CPPFLAGS_KERNEL" \
		--with-ld-opt="-static $LIB" --prefix=/usr/share/nginx --sbin-path=/usr/sbin/nginx \
		--conf-path=/etc/nginx/nginx.conf --http-log-path=/var/log/nginx/access.log \
		--error-log-path=/var/log/nginx/error.log --pid-path=/run/nginx.pid \
		--lock-path=/run/nginx.lock --http-client-body-temp-path=/var/lib/nginx/body \
		--http-proxy-temp-path=/var/lib/nginx/proxy \
		--http-fastcgi-temp-path=/var/lib/nginx/fastcgi --user=www-data --group=www-data \
		--with-pcre --with-threads --with-http_stub_status_module "${without[@]}"
	# What `nginx -V` tells: folders of this host, one of them by chance.
	sed -i 's/^#define NGX_CONFIGURE .*/#define NGX_CONFIGURE ""/' objs/ngx_auto_config.h
	grep -qx '#define NGX_CONFIGURE ""' objs/ngx_auto_config.h
	make -j"$JOBS"
	mkdir -p "$DEST"/usr/sbin "$DEST/etc/nginx"
	cp objs/nginx "$DEST/usr/sbin/"
	cp conf/mime.types "$DEST/etc/nginx/"
	strip -g "$DEST/usr/sbin/nginx"
}
