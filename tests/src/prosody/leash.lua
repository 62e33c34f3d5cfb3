-- Standard input is the leash that the test process holds. A line asks for an orderly shutdown. Its end
-- means that the test process is gone without having ended this one: then nothing may stay behind.
module:set_global();

local server = require "net.server";
local folder = module:get_option_string("leash_folder");

server.watchfd(0, function (watch)
	if io.stdin:read("l") then
		-- Where mod_c2s can wait for its streams to end.
		prosody.main_thread:run(function () prosody.shutdown("asked by the test"); end);
		return;
	end
	watch:close();
	os.execute("rm -rf -- '" .. folder:gsub("'", "'\\''") .. "'");
	os.exit(1);
end);
