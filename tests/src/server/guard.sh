# Standard input is the leash that the test process holds. Its lines say which processes to end with it,
# or which to ask to end now. Its end means that the test process is gone without having ended them:
# then nothing may stay behind.
while read -r word pids; do
	case $word in
	watch) watched="$watched $pids" ;;
	stop) kill -TERM $pids ;;
	esac
done
[ -z "$watched" ] || kill -KILL $watched
# Until they are gone they may still write.
for pid in $watched; do
	while kill -0 "$pid"; do sleep 0.05; done
done
rm -rf -- "$1"
