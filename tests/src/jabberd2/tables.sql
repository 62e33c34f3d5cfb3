-- What jabberd2 2.7 keeps of its users, for the modules that config.rs loads. Each row belongs to a bare
-- JID, but for passwords, which belong to a name and a realm.
PRAGMA journal_mode = WAL;
CREATE TABLE "authreg" ("username" TEXT NOT NULL, "realm" TEXT NOT NULL, "password" TEXT);
CREATE TABLE "active" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY,
  "time" INTEGER NOT NULL DEFAULT 0);
CREATE TABLE "roster-items" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY,
  "jid" TEXT NOT NULL, "name" TEXT, "to" BOOLEAN NOT NULL, "from" BOOLEAN NOT NULL, "ask" INTEGER NOT NULL);
CREATE TABLE "roster-groups" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY,
  "jid" TEXT NOT NULL, "group" TEXT NOT NULL);
CREATE TABLE "private" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY,
  "ns" TEXT, "xml" TEXT);
CREATE TABLE "privacy-default" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY,
  "default" TEXT);
CREATE TABLE "privacy-items" ("collection-owner" TEXT NOT NULL, "object-sequence" INTEGER PRIMARY KEY,
  "list" TEXT NOT NULL, "type" TEXT, "value" TEXT, "deny" BOOL, "order" INTEGER, "block" INTEGER);
