using System.Text;
using CsCheck;

namespace AgentMesh.EndToEnd.Fuzz;

/// <summary>Exports to be restored: whole ones, with a line too many, too few or out of place, with a member that is wrong, damaged, cut off.</summary>
internal static class RestoreRequests
{
    /// <summary>The group that all of them are of, as <see cref="HttpCase.GroupOf"/> says it.</summary>
    public const string Group = "restore";

    private const string Session = "abcdefghijklmnopqrstuvwxya";

    private static readonly (string Name, string Value)[] Agent =
        [("kind", "\"agent\""), ("userId", "\"x\""), ("walletAddress", "null"), ("createdAt", "null"), ("lastActive", "null"), ("systemPrompt", "\"Be brief.\""), ("lastSeq", "7")];

    private static readonly (string Name, string Value)[] End =
    [
        ("kind", "\"end\""), ("sessions", "2"), ("messages", "3"), ("schedules", "1"), ("inbox", "0"), ("outbox", "0"), ("topics", "1"), ("approvals", "0"), ("payments", "0"), ("events", "1"),
    ];

    private static readonly (string Name, string Value)[][] Good =
    [
        Agent,
        [("kind", "\"budget\""), ("budget", "{\"limits\":[]}")],
        SessionOf("default"),
        MessageOf("default", 1, "user"),
        MessageOf("default", 2, "assistant"),
        [("kind", "\"summary\""), ("sessionId", "\"default\""), ("text", "\"Short.\""), ("throughSeq", "1"), ("updatedAt", "\"2026-01-02T03:04:05Z\"")],
        SessionOf(Session),
        MessageOf(Session, 5, "user"),
        [
            ("kind", "\"schedule\""),
            ("schedule", $$"""{"id":"{{Session}}","content":"hi","sessionId":"default","at":null,"everySeconds":86400,"cron":null,"timeZone":null,"missed":"once","until":null,"status":"active","createdAt":"2026-01-02T03:04:05Z","nextRun":null,"lastRun":null,"runs":0,"failure":null,"tool":null,"arguments":null}"""),
        ],
        [("kind", "\"mailPolicy\""), ("policy", """{"receive":"ignore","allow":[],"deny":["bob"]}""")],
        [("kind", "\"policy\""), ("policy", """{"isDefault":false,"updatedAt":"2026-01-02T03:04:05Z","policy":{"version":1,"rules":[],"default":"deny"}}""")],
        [("kind", "\"topic\""), ("name", "\"fuzz.restored\""), ("joinedAt", "\"2026-01-02T03:04:05Z\"")],
        [("kind", "\"event\""), ("seq", "6"), ("timestamp", "1"), ("sessionId", "\"default\""), ("type", "\"policy\""), ("turnId", "null"), ("code", "null"), ("detail", "null"), ("data", "null")],
        End,
    ];

    /// <summary>All of them.</summary>
    public static Gen<HttpCase> All { get; } = Gens.Mix(
        (2, Gen.Const(Good).Select(lines => ("whole", Written(lines)))),
        (6, Gen.Select(Gen.Int[0, Good.Length - 1], Gen.Int[0, 9], Gens.OneOf(Evil.Json, Evil.JsonText, Evil.Number), (line, member, wrong) => ("a wrong member", Written(With(line, member, wrong))))),
        (2, Gen.Select(Gen.Int[0, Good.Length - 1], Gen.Int[0, 9], (line, member) => ("a missing member", Written(With(line, member, null))))),
        (2, Gen.Int[0, Good.Length - 1].Select(line => ("a line too few", Written([.. Good[..line], .. Good[(line + 1)..]])))),
        (2, Gen.Select(Gen.Int[0, Good.Length], Gen.Int[0, Good.Length - 1], (at, line) => ("a line too many", Written([.. Good[..at], Good[line], .. Good[at..]])))),
        (1, Evil.Json.Select(line => ("one wrong line", Encoding.UTF8.GetBytes($"{line}\n")))),
        (1, Gen.Select(Gen.Int[0, Good.Length], Evil.Bytes, (at, line) => ("a line of bytes", (byte[])[.. Written(Good[..at]), .. line, (byte)'\n', .. Written(Good[at..])]))),
        (3, Gen.Const(Written(Good)).SelectMany(Evil.Damage).Select(bytes => ("damage", bytes))))
        .SelectMany(made => Gens.Mix((8, Gen.Const(Framing.Length)), (3, Gen.Const(Framing.Chunked)), (1, Gens.Of(Enum.GetValues<Framing>()))), (made, framing) => new HttpCase(
            $"{Group}~{made.Item1}", "POST", $"/admin/agents/{HttpCase.User}/restore", [("Host", "localhost"), ("Content-Type", "application/x-ndjson")], made.Item2, framing)
        { ReadsBody = true });

    private static (string, string)[] SessionOf(string id) =>
        [("kind", "\"session\""), ("id", $"\"{id}\""), ("createdAt", "\"2026-01-02T03:04:05Z\""), ("lastActive", "\"2026-01-02T03:04:05Z\""), ("metadata", "{\"a\":1}"), ("ttlSeconds", "null")];

    private static (string, string)[] MessageOf(string session, int seq, string role) =>
        [("kind", "\"message\""), ("sessionId", $"\"{session}\""), ("seq", $"{seq}"), ("role", $"\"{role}\""), ("content", "\"hello\""), ("timestamp", "1767323045678")];

    private static (string Name, string Value)[][] With(int line, int member, string? value)
    {
        var lines = Good.ToArray();
        var at = member % lines[line].Length;
        lines[line] = value is null ? [.. lines[line][..at], .. lines[line][(at + 1)..]] : [.. lines[line][..at], (lines[line][at].Name, value), .. lines[line][(at + 1)..]];
        return lines;
    }

    private static byte[] Written((string Name, string Value)[][] lines) =>
        Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => $"{{{string.Join(',', line.Select(member => $"\"{member.Name}\":{member.Value}"))}}}\n")));
}
