using System.Net;
using System.Net.Http.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Balances;
using AgentMesh.Payments.Tests.Fakes;
using AgentMesh.X402.Networks;

namespace AgentMesh.Payments.Tests.Balances;

/// <summary>What accounts have: read from the node, kept for some seconds, and said to be unknown when it is.</summary>
public sealed class BalanceTests
{
    private static readonly string Owner = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

    [Fact]
    public async Task Balance_IsTheNodes_AndKeptForSeconds()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        world.Facilitator.Chain.Balance = 5;
        Assert.Equal(new Balance("5", null), await ReadAsync(host));
        world.Facilitator.Chain.Balance = 7;
        world.Time.Advance(BalanceReader.Age - TimeSpan.FromMilliseconds(1));
        Assert.Equal(new Balance("5", null), await ReadAsync(host));
        world.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(new Balance("7", null), await ReadAsync(host));
    }

    [Fact]
    public async Task WithoutANode_OrWithOneOfAnotherChain_ItIsSaid()
    {
        await using var world = await World.CreateAsync();
        await using (var host = await world.StartAsync(("AgentMesh:Payments:RpcUrl", "")))
            Assert.Equal(new Balance(null, BalanceReasons.NotConfigured), await ReadAsync(host));
        // A simulated chain knows nothing of another facilitator's settlements.
        await using (var host = await world.StartAsync(
            ("AgentMesh:Payments:RpcUrl", ""), ("AgentMesh:Payments:RpcApp", "facilitator"), ("AgentMesh:Payments:FacilitatorUrl", world.Facilitator.Address.ToString())))
        {
            Assert.Equal(new Balance(null, BalanceReasons.NotConfigured), await ReadAsync(host));
        }

        await using (var host = await world.StartAsync())
            Assert.Equal(new Balance(null, BalanceReasons.NodeOfAnotherChain), await ReadAsync(host, KnownAssets.UsdcOnBase));
    }

    [Fact]
    public async Task NodeOfAnApp_IsReachedThroughTheSidecar()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync(("AgentMesh:Payments:RpcUrl", ""), ("AgentMesh:Payments:RpcApp", "facilitator"));
        world.Facilitator.Chain.Balance = 5;
        Assert.Equal(new Balance("5", null), await ReadAsync(host));
    }

    /// <summary>A port that nobody listens on, and a server that is no node.</summary>
    [Theory]
    [InlineData("http://127.0.0.1:1/", BalanceReasons.NodeUnreachable)]
    [InlineData("nothing", BalanceReasons.NodeFailed)]
    public async Task NodeThatIsAway_IsAReason(string url, string reason)
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync(
            ("AgentMesh:Payments:RpcUrl", new Uri(world.Facilitator.Address, url).ToString()));
        Assert.Equal(new Balance(null, reason), await ReadAsync(host));
    }

    /// <summary>Those who ask meanwhile wait for the same answer, and those who ask then have it at once.</summary>
    [Fact]
    public async Task NodeThatIsSilent_IsWaitedForOnce()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        world.Facilitator.Chain.Hangs = true;
        var asked = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ReadAsync(host)));
        Assert.All(await world.DriveAsync(asked), balance => Assert.Equal(new Balance(null, BalanceReasons.NodeTimedOut), balance));
        Assert.Equal(new Balance(null, BalanceReasons.NodeTimedOut), await ReadAsync(host));
        world.Facilitator.Chain.Hangs = false;
        world.Time.Advance(BalanceReader.Age);
        Assert.Equal(new Balance("0", null), await ReadAsync(host));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?network=eip155:84532&asset=0x036CbD53842c5426634e7929541eC2318f3dCF7e")]
    [InlineData("?network=base&asset=0x036CbD53842c5426634e7929541eC2318f3dCF7e&owner=0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("?network=eip155:84532&asset=0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed&owner=0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")]
    [InlineData("?network=eip155:84532&asset=0x036CbD53842c5426634e7929541eC2318f3dCF7e&owner=alice")]
    public async Task WhatIsNoQuestion_IsRefused(string query)
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        using var answer = await host.Http.GetAsync(new Uri("balances" + query, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static async Task<Balance> ReadAsync(PaymentsHost host, TokenAsset? asset = null)
    {
        asset ??= KnownAssets.UsdcOnBaseSepolia;
        return (await host.Http.GetFromJsonAsync(
            new Uri($"balances?network={asset.Network}&asset={asset.Address}&owner={Owner}", UriKind.Relative), ContractsJson.Default.Balance, TestContext.Current.CancellationToken))!;
    }
}
