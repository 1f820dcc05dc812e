using System.Runtime.CompilerServices;
using System.Text;
using AgentMesh.Primitives.Audit;

namespace AgentMesh.Primitives.Tests.Audit;

/// <summary>What an audit chain proves: that nothing of it was changed, left out, moved or cut off.</summary>
public sealed class AuditChainTests
{
    private static readonly TenantId Tenant = TenantId.Parse("acme");

    /// <summary>An action that is over, one whose outcome is not known, and one with another's in between.</summary>
    private static readonly AuditRecord[] Chain = Build(Intent(1), Outcome(2, 1), Intent(3), Intent(4), Intent(5), Outcome(6, 5), Outcome(7, 4));

    [Fact]
    public void WorkedExample_OfTheDocument_IsWhatIsHashed()
    {
        var first = new AuditRecord(
            1, At("2026-01-02T03:04:05.600Z"), "key:acme/aebagbafaydqq", "agent.freeze", "userId=alice", "000102030405060708090a0b0c0d0e0f", null, null, AuditRecord.NoHash, "").Sealed(Tenant);
        var second = (first with { Number = 2, At = At("2026-01-02T03:04:05.678Z"), Intent = 1, Outcome = "200", Previous = first.Hash }).Sealed(Tenant);
        var document = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../docs/audit.md"));
        Assert.Contains($"`{Escaped(first)}`", document, StringComparison.Ordinal);
        Assert.Contains($"printf '{Escaped(second)}' | sha256sum\n# {second.Hash}\n", document, StringComparison.Ordinal);
        Assert.Equal(("fda5a11c3ebdff9923867105fad16619ac05395e316dafd8c4a31365bfad8f85", "c8f7dd2728e6d2b627c6ab80085386d935086aa4b59d4235186cd923b4c3c766"), (first.Hash, second.Hash));
    }

    [Fact]
    public void Chain_IsGood()
    {
        var verifier = new AuditVerifier(Tenant, null);
        Assert.All(Chain, record => Assert.Null(verifier.Check(record)));
        Assert.Null(verifier.CheckEnd(Head(7)));
        Assert.Equal((7, 1, Head(7)), (verifier.Count, verifier.Open, verifier.Head));
    }

    /// <summary>Each member by itself, at the first record, in the midst, and at the end, with the hash that was there and with one that fits.</summary>
    [Fact]
    public void ChangedRecord_IsFound_WhateverWasChanged()
    {
        Func<AuditRecord, AuditRecord>[] changes =
        [
            record => record with { Number = record.Number + 1 },
            record => record with { At = record.At.AddMilliseconds(1) },
            record => record with { Caller = "local" },
            record => record with { Action = "x" },
            record => record with { Target = "x" },
            record => record with { RequestId = "x" },
            record => record with { Intent = record.Intent is null ? 1 : null },
            record => record with { Outcome = record.Outcome is null ? "200" : null },
            record => record with { Outcome = record.Outcome is null ? "200" : "403" },
            record => record with { Previous = new string('1', 64) },
            record => record with { Hash = new string('1', 64) },
        ];
        for (var place = 0; place < Chain.Length; place++)
        {
            foreach (var change in changes)
            {
                AuditRecord[] changed = [.. Chain];
                changed[place] = change(Chain[place]);
                Assert.Equal(place, FirstBad(changed));
                if (changed[place].Hash == Chain[place].Hash)
                {
                    // Whoever makes the hash anew is found at the next record, and at the last one by the head.
                    changed[place] = changed[place].Sealed(Tenant);
                    Assert.NotEqual(-1, FirstBad(changed, null, Head(7)));
                }
            }
        }
    }

    [Fact]
    public void RecordsThatAreMissingOrMoved_AreFound()
    {
        for (var place = 0; place < Chain.Length; place++)
        {
            // What is cut off at the end is another matter.
            AuditRecord[] without = [.. Chain[..place], .. Chain[(place + 1)..]];
            Assert.Equal(place < Chain.Length - 1 ? place : -1, FirstBad(without));
            if (place == 0)
                continue;
            AuditRecord[] moved = [.. Chain];
            (moved[place - 1], moved[place]) = (moved[place], moved[place - 1]);
            Assert.Equal(place - 1, FirstBad(moved));
            AuditRecord[] twice = [.. Chain[..place], .. Chain[(place - 1)..]];
            Assert.Equal(place, FirstBad(twice));
        }
    }

    [Fact]
    public void AnothersChain_IsNone() => Assert.NotNull(new AuditVerifier(TenantId.Default, null).Check(Chain[0]));

    [Theory]
    // the records from … to …, the head seen before, what the keeper says; the place of the first bad one, 99 for the end
    [InlineData(1, 7, 7, 7, -1)]
    [InlineData(1, 7, 3, 7, -1)]
    [InlineData(1, 7, 0, 7, -1)]
    [InlineData(1, 6, 7, 6, 99)]
    [InlineData(1, 6, 6, 6, -1)]
    [InlineData(1, 6, null, 6, -1)]
    [InlineData(1, 6, null, 7, 99)]
    [InlineData(1, 0, 1, 0, 99)]
    [InlineData(1, 0, null, 0, -1)]
    [InlineData(2, 7, 1, 7, -1)]
    [InlineData(4, 7, 3, 7, -1)]
    [InlineData(4, 7, 2, 7, 0)]
    [InlineData(4, 7, 4, 7, 0)]
    [InlineData(4, 7, null, 7, 0)]
    [InlineData(8, 7, 7, 7, -1)]
    [InlineData(8, 7, 7, 6, 99)]
    public void EndThatWasCutOff_IsFound_ByAYoungerHead(int first, int last, int? known, int said, int bad) =>
        Assert.Equal(bad, FirstBad(Chain[(first - 1)..Math.Max(first - 1, last)], known is { } number ? Head(number) : null, Head(said)));

    [Fact]
    public void ChainMadeAnew_IsFound_ByTheHeadThatWasSeen()
    {
        AuditRecord[] other = Build(Intent(1), Outcome(2, 1), Intent(3) with { Caller = "local" }, Intent(4));
        Assert.Equal(-1, FirstBad(other));
        Assert.Equal(2, FirstBad(other, Head(3)));
        Assert.Equal(-1, FirstBad(other, Head(2)));
    }

    [Fact]
    public void OutcomeOfNothing_IsFound()
    {
        Assert.Equal(2, FirstBad(Build(Intent(1), Outcome(2, 1), Outcome(3, 1))));
        Assert.Equal(2, FirstBad(Build(Intent(1), Outcome(2, 1), Outcome(3, 2))));
        Assert.Equal(0, FirstBad(Build(Outcome(1, 1))));
    }

    /// <summary>With the hash that fits: each member by itself could make one canonical form of two records.</summary>
    [Fact]
    public void MalformedMember_IsFound_AlsoUnderItsOwnHash()
    {
        var (intent, outcome) = (Intent(1), Outcome(2, 1));
        AuditRecord[] malformed =
        [
            outcome with { Caller = "a\nb" },
            outcome with { Action = "" },
            outcome with { Target = "-" },
            outcome with { RequestId = "a b" },
            outcome with { Outcome = "a\nb" },
            outcome with { Outcome = null },
            outcome with { Intent = 0 },
            outcome with { Intent = -1 },
            outcome with { Intent = 2 },
            outcome with { Intent = 3 },
            outcome with { Intent = null },
        ];
        Assert.Null(Fault(Build(intent, outcome)));
        Assert.All(malformed, record => Assert.Contains("malformed", Fault(Build(intent, record)), StringComparison.Ordinal));
        var first = Build(intent)[0];
        Assert.Contains("malformed", Fault(first with { Hash = first.Hash.ToUpperInvariant() }), StringComparison.Ordinal);
        Assert.Contains("malformed", Fault(first with { Hash = first.Hash[1..] }), StringComparison.Ordinal);
    }

    /// <summary>What an operator reads when a chain is bad says which rule it breaks.</summary>
    [Fact]
    public void Fault_SaysWhichRuleIsBroken()
    {
        Assert.Contains("out of order", Fault(Chain[0], Chain[2]), StringComparison.Ordinal);
        Assert.Contains("does not follow", Fault(Chain[0], Chain[1] with { Previous = AuditRecord.NoHash }), StringComparison.Ordinal);
        Assert.Contains("malformed", Fault(Chain[0], Chain[1] with { Caller = "" }), StringComparison.Ordinal);
        Assert.Contains("its hash is not that", Fault(Chain[0], Chain[1] with { Caller = "local" }), StringComparison.Ordinal);
        Assert.Contains("seen before", new AuditVerifier(Tenant, Head(1) with { Hash = Head(2).Hash }).Check(Chain[0]), StringComparison.Ordinal);
        Assert.Contains("outcome of no intent", Fault(Build(Intent(1), Outcome(2, 1), Outcome(3, 1))), StringComparison.Ordinal);
        var verifier = new AuditVerifier(Tenant, Head(2));
        Assert.Null(verifier.Check(Chain[0]));
        Assert.Contains("cut off", verifier.CheckEnd(null), StringComparison.Ordinal);
        Assert.Null(verifier.Check(Chain[1]));
        Assert.Contains($"its keeper says {Head(3)}", verifier.CheckEnd(Head(3)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("!~", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("-", false)]
    [InlineData("--", true)]
    [InlineData("a b", false)]
    [InlineData("a\n", false)]
    [InlineData("ä", false)]
    [InlineData("\u007f", false)]
    public void Text_IsOneLineOfAscii(string? text, bool isOne) => Assert.Equal(isOne, AuditRecord.IsText(text));

    [Theory]
    [InlineData(200, true)]
    [InlineData(201, false)]
    public void Text_HasAMostLength(int length, bool isOne) => Assert.Equal(isOne, AuditRecord.IsText(new string('a', length)));

    [Theory]
    [InlineData("7:", 64, true)]
    [InlineData("0:", 64, true)]
    [InlineData("7:", 63, false)]
    [InlineData("7", 64, false)]
    [InlineData("-7:", 64, false)]
    [InlineData(" 7:", 64, false)]
    [InlineData("", 64, false)]
    [InlineData(":", 64, false)]
    public void Head_IsNumberAndHash(string start, int digits, bool isOne)
    {
        var text = start + new string('a', digits);
        Assert.Equal(isOne, AuditHead.TryParse(text, out var head));
        if (isOne)
            Assert.Equal(text, head.ToString());
        else
            Assert.Equal(default, head);
    }

    private static int FirstBad(AuditRecord[] records, AuditHead? known = null, AuditHead? said = null)
    {
        var verifier = new AuditVerifier(Tenant, known);
        var bad = Array.FindIndex(records, record => verifier.Check(record) is not null);
        return bad >= 0 ? bad : verifier.CheckEnd(said) is null ? -1 : 99;
    }

    private static string? Fault(params AuditRecord[] records)
    {
        var verifier = new AuditVerifier(Tenant, null);
        Assert.All(records[..^1], record => Assert.Null(verifier.Check(record)));
        return verifier.Check(records[^1]);
    }

    private static AuditHead Head(int number) => number == 0 ? AuditHead.Empty : new AuditHead(number, Chain[number - 1].Hash);

    private static AuditRecord Intent(int number) =>
        new(number, DateTimeOffset.UnixEpoch.AddSeconds(number), "user:acme/ops", "agent.freeze", "userId=alice", $"r{number}", null, null, "", "");

    private static AuditRecord Outcome(int number, int intent) => Intent(number) with { Intent = intent, Outcome = "200" };

    private static AuditRecord[] Build(params AuditRecord[] records)
    {
        for (var n = 0; n < records.Length; n++)
            records[n] = (records[n] with { Previous = n == 0 ? AuditRecord.NoHash : records[n - 1].Hash }).Sealed(Tenant);
        return records;
    }

    private static string Escaped(AuditRecord record) => Encoding.ASCII.GetString(record.ToCanonical(Tenant)).Replace("\n", "\\n", StringComparison.Ordinal);

    private static DateTimeOffset At(string text) => AuditRecord.TryParseTime(text, out var time) ? time : throw new FormatException(text);

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
