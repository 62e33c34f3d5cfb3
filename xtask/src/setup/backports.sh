# Unpacks the newer servers of Debian's backports into the folder that is the first argument, each with all that it
# needs beyond a small system, so that nothing that is installed is touched or used. No root is needed.
set -euo pipefail
into=$1
. /etc/os-release
[ "${VERSION_CODENAME:-}" = bookworm ] || { echo "the packages are for Debian 12, this is ${PRETTY_NAME:-another system}" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$into" "$work/lists/partial" "$work/archives/partial" "$work/none"

# The archive that this machine uses.
mirror=$(apt-get indextargets --format '$(CODENAME) $(SITE)' 'Created-By: Packages' | sed -n 's/^bookworm //p' | head -n 1)
mirror=${mirror:-http://deb.debian.org/debian}
for suite in bookworm bookworm-backports; do
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
done > "$work/sources"
# As if none of this were installed, so that all of it is fetched.
awk 'BEGIN { RS = ""; ORS = "\n\n" } !/^Package: (prosody|ejabberd|erlang|lua)/' /var/lib/dpkg/status > "$work/status"
cat > "$work/apt.conf" <<END
Dir::State::lists "$work/lists";
Dir::State::status "$work/status";
Dir::State::extended_states "$work/extended";
Dir::Cache::archives "$work/archives";
Dir::Cache::srcpkgcache "";
Dir::Cache::pkgcache "";
Dir::Etc::sourcelist "$work/sources";
Dir::Etc::sourceparts "$work/none";
Dir::Etc::preferencesparts "$work/none";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Sandbox::User "";
APT::Get::Assume-Yes "true";
APT::Keep-Downloaded-Packages "true";
Debug::NoLocking "true";
END
export APT_CONFIG=$work/apt.conf
apt-get -qq update
unpack() {
  local name=$1
  shift
  rm -f "$work"/archives/*.deb
  rm -rf "$into/$name" "$into/$name.part"
  apt-get -qq install --download-only --no-install-recommends --target-release bookworm-backports "$@" > /dev/null
  mkdir "$into/$name.part"
  for package in "$work"/archives/*.deb; do
    dpkg-deb --extract "$package" "$into/$name.part"
    dpkg-deb --field "$package" Package Version | sed 's/^[A-Z][a-z]*: //' | paste -s -d ' '
  done > "$into/$name.part/PACKAGES"
  mv "$into/$name.part" "$into/$name"
}
unpack prosody13 prosody prosody-modules
unpack ejabberd24 ejabberd
chmod -R a+rX "$into"
grep -hE '^(prosody|ejabberd) ' "$into"/*/PACKAGES
