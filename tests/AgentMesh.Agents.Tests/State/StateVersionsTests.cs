using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.Agents.Conversation;
using AgentMesh.Agents.Mail;
using AgentMesh.Agents.State;
using AgentMesh.Agents.Tests.Conversation;

namespace AgentMesh.Agents.Tests.State;

/// <summary>One step from a version to the next, and what of a stored record is damage.</summary>
public sealed class StateVersionsTests
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private static readonly Dictionary<string, IReadOnlyList<Func<JsonObject, JsonObject>>> Upcasters = new()
    {
        ["head"] = StateVersions.AgentHeadUpcasters,
        ["session"] = StateVersions.SessionRecordUpcasters,
        ["events"] = StateVersions.EventLogPageUpcasters,
        ["turns"] = StateVersions.TurnTableUpcasters,
        ["schedules"] = StateVersions.ScheduleTableUpcasters,
        ["wallet"] = StateVersions.WalletRecordUpcasters,
        ["paymentpage"] = StateVersions.PaymentPageUpcasters,
        ["ledger"] = StateVersions.LedgerUpcasters,
        ["purchases"] = StateVersions.PurchaseBookUpcasters,
        ["purchase"] = StateVersions.StoredPurchaseUpcasters,
        ["tasks"] = StateVersions.CallTaskTableUpcasters,
        ["mail"] = StateVersions.MailBookUpcasters,
    };

    public static TheoryData<string, int> Steps =>
        [.. Upcasters.SelectMany(record => Enumerable.Range(1, record.Value.Count).Select(from => (record.Key, from)))];

    /// <summary>A step that leaves a member out is mended by the reader's defaults today, and is damage as soon as one has none.</summary>
    [Theory]
    [MemberData(nameof(Steps))]
    public void Step_MakesTheNextVersion_WithAllItsMembers_AndNoOther(string record, int from)
    {
        var made = Upcasters[record][from - 1](Fixture($"{record}.v{from}.json"));
        Assert.Equal(from + 1, (int)made["v"]!);
        AssertMembers(Fixture($"{record}.v{from + 1}.json"), made);
    }

    [Theory]
    [InlineData("\"100\"", true)]
    [InlineData("\"340282366920938463463374607431768211455\"", true)]
    [InlineData("\"340282366920938463463374607431768211456\"", false)]
    [InlineData("\"-1\"", false)]
    [InlineData("\"+1\"", false)]
    [InlineData("\" 1\"", false)]
    [InlineData("\"\"", false)]
    [InlineData("100", false)]
    [InlineData("[]", false)]
    public void Amount_IsADecimalString_OrDamage(string json, bool isRead)
    {
        var text = $$"""{"asset":"USD","amount":{{json}}}""";
        if (isRead)
            Assert.Equal(json, $"\"{JsonSerializer.Deserialize<MailFunds>(text, Web)!.Amount}\"");
        else
            Assert.Equal("A stored amount is not a decimal string.", Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<MailFunds>(text, Web)).Message);
    }

    [Theory]
    [InlineData("\"9007199254740993\"", 9007199254740993)]
    [InlineData("\"-9223372036854775808\"", long.MinValue)]
    [InlineData("\"9223372036854775808\"", null)]
    [InlineData("\"1.0\"", null)]
    [InlineData("\"\"", null)]
    [InlineData("9007199254740992", null)]
    [InlineData("true", null)]
    public void Epoch_IsADecimalString_OrDamage(string json, long? epoch)
    {
        var head = Fixture("head.v9.json");
        head["epoch"] = JsonNode.Parse(json);
        if (epoch is { } number)
            Assert.Equal(number, JsonSerializer.Deserialize<AgentHead>(head, FakeAgent.Json)!.Epoch);
        else
            Assert.Equal("A stored number is not a decimal string.", Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<AgentHead>(head, FakeAgent.Json)).Message);
    }

    [Theory]
    [InlineData("\"\"", "")]
    [InlineData("\"AQID\"", "010203")]
    [InlineData("\"AQI\"", null)]
    [InlineData("\"?\"", null)]
    [InlineData("null", null)]
    [InlineData("1", null)]
    public void Entries_AreBase64_OrDamage(string json, string? hex)
    {
        if (hex is not null)
            Assert.Equal(hex, Convert.ToHexString(JsonSerializer.Deserialize<PackedEntries>(json).Bytes));
        else
            Assert.Equal("Stored entries are not base64.", Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<PackedEntries>(json)).Message);
    }

    private static void AssertMembers(JsonNode? expected, JsonNode? made)
    {
        if (expected is JsonObject next && made is JsonObject now)
        {
            Assert.Equal(next.Select(member => member.Key).Order(StringComparer.Ordinal), now.Select(member => member.Key).Order(StringComparer.Ordinal));
            foreach (var (name, value) in now)
                AssertMembers(next[name], value);
        }
        else if (expected is JsonArray { Count: > 0 } all && made is JsonArray some)
        {
            foreach (var one in some)
                AssertMembers(all[0], one);
        }
    }

    private static JsonObject Fixture(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Fixtures", file)))!.AsObject();
}
