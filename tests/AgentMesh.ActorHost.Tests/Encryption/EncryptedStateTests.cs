using System.Text.Json;
using System.Text.Json.Nodes;
using AgentMesh.ActorHost.Tests.Wallets;
using AgentMesh.Contracts.Agents;
using AgentMesh.ServiceDefaults.Secrets;
using AgentMesh.Testing;
using Microsoft.Extensions.Time.Testing;

namespace AgentMesh.ActorHost.Tests.Encryption;

/// <summary>Encryption is switched on and off, keys change and go missing, values are damaged and moved: nothing is lost, and nothing false is read.</summary>
public sealed class EncryptedStateTests
{
    private const string Alice = WalletHost.Alice;
    private const string Page = "page:default:1";

    private static readonly string Old = WalletHost.Key(1);
    private static readonly string New = WalletHost.Key(2);

    [Fact]
    public async Task OffByDefault_RecordsAreAsTheyWere()
    {
        await using var host = await HostUnderTest.StartAsync();
        await host.PostAsync(Alice, "hello", "r1");
        Assert.Contains("hello", host.State[Alice, Page], StringComparison.Ordinal);
    }

    /// <summary>Plain records stay readable and are encrypted when they are next written; switched off it is the other way round.</summary>
    [Fact]
    public async Task SwitchedOnAndOff_EverythingIsRead()
    {
        await using var off = await HostUnderTest.StartAsync();
        await off.PostAsync(Alice, "first", "r1");
        await using var on = await MoveAsync(off.State, Old);
        Assert.Equal("first", (await on.HistoryAsync(Alice)).Value!.Messages[0].Content);
        Assert.DoesNotContain("enc", on.State[Alice, Page], StringComparison.Ordinal);
        await on.PostAsync(Alice, "second", "r2");
        AssertEncrypted(on.State, Old);
        await using var offAgain = await MoveAsync(on.State, Old, "none");
        Assert.Equal(["first", "second"], await SaidAsync(offAgain));
        await offAgain.PostAsync(Alice, "third", "r3");
        Assert.Contains("third", offAgain.State[Alice, Page], StringComparison.Ordinal);
        Assert.Equal(["first", "second", "third"], await SaidAsync(offAgain));
    }

    [Theory]
    [InlineData("none", false)]
    [InlineData("all", true)]
    [InlineData("default", true)]
    [InlineData("other, default", true)]
    [InlineData("other", false)]
    [InlineData("default2", false)]
    public async Task Tenants_AreWhoseRecordsAreEncrypted(string tenants, bool isEncrypted)
    {
        await using var host = await StartAsync(Old, tenants);
        await host.PostAsync(Alice, "hello", "r1");
        Assert.Equal(isEncrypted, !host.State[Alice, Page]!.Contains("hello", StringComparison.Ordinal));
    }

    [Fact]
    public async Task NewKey_EncryptsWhatIsWritten_AndTheOldOneOpensTheRest()
    {
        await using var before = await StartAsync(Old);
        await before.PostAsync(Alice, "first", "r1");
        await using var host = await MoveAsync(before.State, $"{New},{Old}");
        Assert.Equal(["first"], await SaidAsync(host));
        AssertEncrypted(host.State, Old);
        await host.PostAsync(Alice, "second", "r2");
        AssertEncrypted(host.State, New);
        Assert.Equal(["first", "second"], await SaidAsync(host));
    }

    [Fact]
    public async Task KeyThatIsNotThere_IsSaid_AndNothingIsLostWhenItIsBack()
    {
        await using var before = await StartAsync(Old);
        await before.PostAsync(Alice, "first", "r1");
        await using var host = await MoveAsync(before.State, New);
        var stored = host.State[Alice, Page];
        Assert.Equal(AgentRefusals.EncryptionKeyMissing, (await host.HistoryAsync(Alice)).Refusal!.Code);
        Assert.Equal(AgentRefusals.EncryptionKeyMissing, (await host.PostAsync(Alice, "second", "r2")).Refusal!.Code);
        Assert.Equal(stored, host.State[Alice, Page]);
        SetKeys(host.State, $"{New},{Old}");
        // The first reading was too short a time ago.
        Assert.Equal(AgentRefusals.EncryptionKeyMissing, (await host.HistoryAsync(Alice)).Refusal!.Code);
        host.Time.Advance(MasterKeyRing.MissInterval);
        Assert.Null((await host.PostAsync(Alice, "second", "r2")).Refusal);
        Assert.Equal(["first", "second"], await SaidAsync(host));
    }

    /// <summary>An operator has taken the setting out too.</summary>
    [Fact]
    public async Task NoKeysAtAll_IsSaidToo_AndIsNoDamage()
    {
        await using var before = await StartAsync(Old);
        await before.PostAsync(Alice, "first", "r1");
        await using var host = await HostUnderTest.StartAsync();
        Copy(before.State, host.State);
        Assert.Equal(AgentRefusals.EncryptionKeyMissing, (await host.HistoryAsync(Alice)).Refusal!.Code);
        Assert.Equal(AgentRefusals.EncryptionKeyMissing, (await host.PostAsync(Alice, "second", "r2")).Refusal!.Code);
        Assert.Equal(before.State[Alice, Page], host.State[Alice, Page]);
    }

    /// <summary>What is due stays due: the reminders of an agent that cannot be opened stay.</summary>
    [Fact]
    public async Task Reminders_OutliveAMissingKey()
    {
        await using var before = await StartAsync(Old);
        await before.CreateScheduleAsync(Alice, new CreateSchedule("tick", null, before.Time.GetUtcNow().AddSeconds(60), null, null, null, null, null, "c1", null));
        await using var host = await MoveAsync(before.State, New);
        host.Time.Advance(TimeSpan.FromSeconds(120));
        await host.RemindAsync(Alice, "schedule");
        Assert.Empty((await host.HistoryAsync(Alice)).Value!.Messages);
        SetKeys(host.State, $"{New},{Old}");
        host.Time.Advance(MasterKeyRing.MissInterval);
        await host.RemindAsync(Alice, "schedule");
        Assert.Equal("tick", (await host.HistoryAsync(Alice)).Value!.Messages[0].Content);
    }

    [Theory]
    [InlineData("data", "a byte of it")]
    [InlineData("data", "cut short")]
    [InlineData("data", "no base64")]
    [InlineData("enc", "a later form")]
    [InlineData("key", "no text")]
    [InlineData("data", "missing")]
    public async Task DamagedValue_IsQuarantined(string member, string damage)
    {
        await using var host = await StartAsync(Old);
        await host.PostAsync(Alice, "hello", "r1");
        await host.DeactivateAsync(Alice);
        var whole = host.State[Alice, Page]!;
        var envelope = JsonNode.Parse(whole)!.AsObject();
        var data = Convert.FromBase64String(envelope["data"]!.GetValue<string>());
        data[20] ^= 1;
        envelope[member] = damage switch
        {
            "a byte of it" => Convert.ToBase64String(data),
            "cut short" => Convert.ToBase64String(data[..27]),
            "a later form" => 2,
            "no text" => 1,
            _ => "!",
        };
        if (damage == "missing")
            envelope.Remove(member);
        host.State[Alice, Page] = envelope.ToJsonString();
        Assert.Equal(AgentRefusals.AgentQuarantined, (await host.HistoryAsync(Alice)).Refusal!.Code);
        Assert.Equal(AgentRefusals.AgentQuarantined, (await host.PostAsync(Alice, "again", "r2")).Refusal!.Code);
        host.State[Alice, Page] = whole;
        Assert.Equal(["hello"], await SaidAsync(host));
    }

    /// <summary>Whoever can write the store cannot give one agent another's messages, nor put one page in another's place.</summary>
    [Theory]
    [InlineData("default:bob", Page)]
    [InlineData("other:alice", Page)]
    [InlineData(Alice, "page:default:2")]
    public async Task MovedValue_DoesNotOpen(string from, string key)
    {
        await using var host = await StartAsync(Old);
        await host.PostAsync(Alice, "hello", "r1");
        await host.PostAsync("default:bob", "hello", "r1");
        await host.PostAsync("other:alice", "hello", "r1");
        for (var n = 0; host.State[Alice, "page:default:2"] is null; n++)
            await host.PostAsync(Alice, $"more {n} {new string('x', 2000)}", $"m{n}");
        await host.DeactivateAsync(Alice);
        host.State[Alice, Page] = host.State[from, key];
        Assert.Equal(AgentRefusals.AgentQuarantined, (await host.HistoryAsync(Alice, limit: 1000)).Refusal!.Code);
    }

    [Fact]
    public async Task SameText_IsNeverTheSameValue()
    {
        await using var host = await StartAsync(Old);
        await host.SetProfileAsync(Alice, "prompt");
        var first = host.State[Alice, "profile"];
        await host.SetProfileAsync(Alice, null);
        await host.SetProfileAsync(Alice, "prompt");
        Assert.NotEqual(first, host.State[Alice, "profile"]);
    }

    [Fact]
    public async Task ExportAndErasure_AreAsBefore()
    {
        await using var host = await StartAsync(Old);
        await host.PostAsync(Alice, "hello", "r1", "key");
        await host.SetProfileAsync(Alice, "prompt");
        Assert.Contains("hello", (await host.PageAsync(Alice, 1)).Value!.Messages[0].Content, StringComparison.Ordinal);
        while (!(await host.EraseAsync(Alice)).Value!.IsDone)
            continue;
        Assert.Empty(host.State.KeysOf(Alice));
        Assert.Null((await host.PostAsync(Alice, "hello", "r1")).Refusal);
        Assert.Equal(["hello"], await SaidAsync(host));
    }

    private static async Task<HostUnderTest> StartAsync(string keys, string tenants = "all")
    {
        var state = await FakeActorState.StartAsync();
        SetKeys(state, keys);
        return HostUnderTest.Start(
            state, new FakeTimeProvider(WalletHost.StartTime), _ => { },
            [("AgentMesh:Encryption:Tenants", tenants), ("AgentMesh:Encryption:KeysSecret", "secretstore/encryption-keys")]);
    }

    /// <summary>Another process with what the store has.</summary>
    private static async Task<HostUnderTest> MoveAsync(FakeActorState from, string keys, string tenants = "all")
    {
        var host = await StartAsync(keys, tenants);
        Copy(from, host.State);
        return host;
    }

    private static void Copy(FakeActorState from, FakeActorState to)
    {
        foreach (var key in from.KeysOf(Alice))
            to[Alice, key] = from[Alice, key];
    }

    private static void SetKeys(FakeActorState state, string keys) =>
        state.Secrets["secretstore/encryption-keys"] = JsonSerializer.Serialize(new Dictionary<string, string> { ["encryption-keys"] = keys });

    private static void AssertEncrypted(FakeActorState state, string key)
    {
        Assert.True(MasterKeys.TryParse(key, out var keys));
        Assert.Equal(keys.CurrentId, JsonElement.Parse(state[Alice, Page]!).GetProperty("key").GetString());
    }

    private static async Task<string[]> SaidAsync(HostUnderTest host) =>
        [.. (await host.HistoryAsync(Alice)).Value!.Messages.Where(message => message.Role == "user").Select(message => message.Content)];
}
