using System.Net;
using System.Net.Http.Json;
using AgentMesh.Agents.ApiKeys;
using AgentMesh.Contracts;
using AgentMesh.Contracts.ApiKeys;
using AgentMesh.Primitives;
using AgentMesh.Testing;

namespace AgentMesh.ActorHost.Tests;

/// <summary>A tenant's API keys over the records and calls that a sidecar sees.</summary>
public sealed class ApiKeysActorTests
{
    private static readonly byte[] Salt = [.. Enumerable.Range(0, ApiKeyHash.SaltBytes).Select(n => (byte)n)];

    [Fact]
    public async Task Key_IsThereAfterDeactivation_AndItsSecretIsNot()
    {
        await using var host = await HostUnderTest.StartAsync();
        var (text, request) = Key(1);
        var made = await CreateAsync(host, request);
        Assert.Equal((text.Id.ToString(), "alice", "CI 1", host.Time.GetUtcNow()), (made.Value!.Id, made.Value.User, made.Value.Name, made.Value.CreatedAt));
        Assert.Equal(["user", "admin"], made.Value.Scopes);
        Assert.Equal([$"key-{text.Id}", "keys"], host.State.KeysOf("default"));
        await DeactivateAsync(host);
        var check = (await GetAsync(host, text.Id.ToString())).Value!;
        Assert.True(check.Opens(text.Secret, host.Time.GetUtcNow()));
        Assert.Equal(("alice", request.ExpiresAt, null), (check.User, check.ExpiresAt, check.RevokedAt));
        Assert.Equal(["user", "admin"], check.Scopes);
        foreach (var secret in new[] { Base32.Encode(text.Secret), Convert.ToBase64String(text.Secret), Convert.ToHexString(text.Secret) })
            Assert.All(host.State.KeysOf("default"), key => Assert.DoesNotContain(secret, host.State["default", key]!, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Tenants_HaveKeysOfTheirOwn()
    {
        await using var host = await HostUnderTest.StartAsync();
        var (text, request) = Key(1);
        await CreateAsync(host, request);
        Assert.Equal(ApiKeyCodes.ApiKeyNotFound, (await GetAsync(host, text.Id.ToString(), "acme")).Refusal!.Code);
        Assert.Empty((await ListAsync(host, null, 100, "acme")).Value!.Keys);
        Assert.Empty(host.State.KeysOf("acme"));
    }

    /// <summary>Whatever was lost: the request, the answer, or what was to be stored.</summary>
    [Theory]
    [InlineData(FailedPut.None)]
    [InlineData(FailedPut.BeforeStoring)]
    [InlineData(FailedPut.AfterStoring)]
    public async Task RepeatById_IsTheSameKey(FailedPut failure)
    {
        await using var host = await HostUnderTest.StartAsync();
        var (text, request) = Key(1);
        if (failure != FailedPut.None)
        {
            host.State.FailNextPut = failure;
            using var body = JsonContent.Create(request, ContractsJson.Default.CreateApiKey);
            using var lost = await host.Http.PutAsync(new Uri("actors/ApiKeysActor/default/method/CreateKey", UriKind.Relative), body, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.InternalServerError, lost.StatusCode);
        }

        var made = (await CreateAsync(host, request)).Value!;
        host.Time.Advance(TimeSpan.FromSeconds(1));
        host.State.TakeCalls();
        var again = (await CreateAsync(host, request)).Value!;
        Assert.Equal((made.Id, made.CreatedAt), (again.Id, again.CreatedAt));
        Assert.DoesNotContain(host.State.TakeCalls(), call => call.StartsWith("PUT", StringComparison.Ordinal));
        Assert.Equal(ApiKeyCodes.ApiKeyIdTaken, (await CreateAsync(host, request with { Name = "other" })).Refusal!.Code);
        Assert.Equal(ApiKeyCodes.InvalidApiKeyRequest, (await CreateAsync(host, request with { Scopes = ["root"] })).Refusal!.Code);
        Assert.Single((await ListAsync(host, null, 100)).Value!.Keys);
        Assert.True((await GetAsync(host, text.Id.ToString())).Value!.Opens(text.Secret, host.Time.GetUtcNow()));
    }

    [Fact]
    public async Task RevokedKey_OpensNothing_AndIsStillThere()
    {
        await using var host = await HostUnderTest.StartAsync();
        var (text, request) = Key(1);
        await CreateAsync(host, request);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        var revokedAt = host.Time.GetUtcNow();
        Assert.Equal(revokedAt, (await RevokeAsync(host, text.Id.ToString())).Value!.RevokedAt);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        host.State.TakeCalls();
        Assert.Equal(revokedAt, (await RevokeAsync(host, text.Id.ToString())).Value!.RevokedAt);
        Assert.DoesNotContain(host.State.TakeCalls(), call => call.StartsWith("PUT", StringComparison.Ordinal));
        await DeactivateAsync(host);
        var check = (await GetAsync(host, text.Id.ToString())).Value!;
        Assert.Equal(revokedAt, check.RevokedAt);
        // A gateway whose clock is behind refuses it too.
        Assert.False(check.Opens(text.Secret, revokedAt.AddMinutes(-1)));
        Assert.Equal(revokedAt, (await ListAsync(host, null, 100)).Value!.Keys.Single().RevokedAt);
        Assert.Equal(revokedAt, (await CreateAsync(host, request)).Value!.RevokedAt);
    }

    [Theory]
    [InlineData("aaaaaaaaaaaaa")]
    [InlineData("aaaaaaaaaaaab")]
    [InlineData("")]
    [InlineData("keys")]
    [InlineData("../keys")]
    public async Task WhatIsNoKey_IsNotFound(string id)
    {
        await using var host = await HostUnderTest.StartAsync();
        await CreateAsync(host, Key(1).Request);
        Assert.Equal(ApiKeyCodes.ApiKeyNotFound, (await GetAsync(host, id)).Refusal!.Code);
        Assert.Equal(ApiKeyCodes.ApiKeyNotFound, (await RevokeAsync(host, id)).Refusal!.Code);
    }

    [Fact]
    public async Task List_ComesInParts_NewestFirst_WithoutHashes()
    {
        await using var host = await HostUnderTest.StartAsync();
        for (var n = 1; n <= 5; n++)
            await CreateAsync(host, Key(n).Request);
        var names = new List<string>();
        string? after = null;
        for (var part = 0; part < 3; part++)
        {
            var list = (await ListAsync(host, after, 2)).Value!;
            names.AddRange(list.Keys.Select(key => key.Name));
            after = list.Next;
        }

        Assert.Null(after);
        Assert.Equal(["CI 5", "CI 4", "CI 3", "CI 2", "CI 1"], names);
        Assert.Equal("invalid_limit", (await ListAsync(host, null, 101)).Refusal!.Code);
        Assert.Equal("invalid_cursor", (await ListAsync(host, "aaaaaaaaaaaaa", 2)).Refusal!.Code);
        Assert.DoesNotContain(typeof(ApiKeyView).GetProperties(), property => property.Name is "Salt" or "Hash");
    }

    [Fact]
    public async Task KeyThatIsLongOver_GoesWithTheNextOne()
    {
        await using var host = await HostUnderTest.StartAsync();
        var (first, second) = (Key(1).Text.Id.ToString(), Key(2).Text.Id.ToString());
        await CreateAsync(host, Key(1).Request);
        await RevokeAsync(host, first);
        host.Time.Advance(ApiKeyLimits.KeptFor);
        await CreateAsync(host, Key(2).Request with { ExpiresAt = null });
        Assert.Equal([$"key-{second}", "keys"], host.State.KeysOf("default"));
        Assert.Equal(ApiKeyCodes.ApiKeyNotFound, (await GetAsync(host, first)).Refusal!.Code);
        Assert.Equal([second], (await ListAsync(host, null, 100)).Value!.Keys.Select(key => key.Id));
    }

    /// <summary>In milliseconds before the key expires.</summary>
    [Theory]
    [InlineData(1, true)]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    public void Key_OpensUntilItExpires(int before, bool opens)
    {
        var (text, request) = Key(1);
        var check = new ApiKeyCheck(request.Id, request.Salt, request.Hash, null, request.Scopes, request.ExpiresAt, null);
        Assert.Equal(opens, check.Opens(text.Secret, request.ExpiresAt!.Value.AddMilliseconds(-before)));
        Assert.False(check.Opens(Key(2).Text.Secret, request.ExpiresAt.Value.AddMilliseconds(-before)));
        Assert.True((check with { ExpiresAt = null }).Opens(text.Secret, DateTimeOffset.MaxValue));
        Assert.False((check with { ExpiresAt = null, RevokedAt = DateTimeOffset.MaxValue }).Opens(text.Secret, DateTimeOffset.MinValue));
    }

    private static (ApiKeyText Text, CreateApiKey Request) Key(int n)
    {
        var text = ApiKeyText.Make(TenantId.Default, [.. Enumerable.Range(n, ApiKeyText.RandomBytes).Select(one => (byte)one)]);
        return (text, new CreateApiKey(
            text.Id.ToString(), Salt, ApiKeyHash.Make(Salt, text.Secret), "alice", ["admin", "user"], $"CI {n}", new DateTimeOffset(2026, 1, 20, 0, 0, 0, TimeSpan.Zero)));
    }

    private static Task<Reply<ApiKeyView>> CreateAsync(HostUnderTest host, CreateApiKey request) => host.CallApiKeysAsync(
        "default", nameof(IApiKeysActor.CreateKey), JsonContent.Create(request, ContractsJson.Default.CreateApiKey), ContractsJson.Default.ReplyApiKeyView);

    private static Task<Reply<ApiKeyCheck>> GetAsync(HostUnderTest host, string id, string tenant = "default") => host.CallApiKeysAsync(
        tenant, nameof(IApiKeysActor.GetKey), JsonContent.Create(new GetApiKey(id), ContractsJson.Default.GetApiKey), ContractsJson.Default.ReplyApiKeyCheck);

    private static Task<Reply<ApiKeyList>> ListAsync(HostUnderTest host, string? after, int limit, string tenant = "default") => host.CallApiKeysAsync(
        tenant, nameof(IApiKeysActor.ListKeys), JsonContent.Create(new ListApiKeys(after, limit), ContractsJson.Default.ListApiKeys), ContractsJson.Default.ReplyApiKeyList);

    private static Task<Reply<ApiKeyView>> RevokeAsync(HostUnderTest host, string id) => host.CallApiKeysAsync(
        "default", nameof(IApiKeysActor.RevokeKey), JsonContent.Create(new RevokeApiKey(id), ContractsJson.Default.RevokeApiKey), ContractsJson.Default.ReplyApiKeyView);

    private static async Task DeactivateAsync(HostUnderTest host)
    {
        using var answer = await host.Http.DeleteAsync(new Uri("actors/ApiKeysActor/default", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
