using System.Net;
using System.Net.Http.Json;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Payments;
using AgentMesh.Payments.Tests.Fakes;

namespace AgentMesh.Payments.Tests.Authorizations;

/// <summary>What has become of a payment that an agent has sent, as far as the chain can be asked.</summary>
public sealed class LookTests
{
    private static readonly AuthorizationLook Question = new(
        "eip155:84532", "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "100000", "0x" + new string('1', 64), DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task WithoutANode_OrWithOneOfAnotherChain_NobodyCanKnow()
    {
        await using var world = await World.CreateAsync();
        await using (var host = await world.StartAsync(("AgentMesh:Payments:RpcUrl", "")))
            Assert.Equal((PaymentStates.Unknown, false), await LookAsync(host, Question));
        await using (var host = await world.StartAsync())
            Assert.Equal((PaymentStates.Unknown, false), await LookAsync(host, Question with { Network = "eip155:8453" }));
    }

    /// <summary>A port that nobody listens on, and a server that is no node.</summary>
    [Theory]
    [InlineData("http://127.0.0.1:1/")]
    [InlineData("nothing")]
    public async Task NodeThatIsAway_IsAskedAgain(string url)
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync(("AgentMesh:Payments:RpcUrl", new Uri(world.Facilitator.Address, url).ToString()));
        Assert.Equal((PaymentStates.Unknown, true), await LookAsync(host, Question));
    }

    [Fact]
    public async Task AuthorizationThatHasExpiredUnused_HasFailed()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        Assert.Equal((PaymentStates.Failed, true), await LookAsync(host, Question));
    }

    [Fact]
    public async Task WhatIsNoAuthorization_IsRefused()
    {
        await using var world = await World.CreateAsync();
        await using var host = await world.StartAsync();
        using var answer = await PostAsync(host, Question with { Nonce = "1" });
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static async Task<(string State, bool CanBeKnown)> LookAsync(PaymentsHost host, AuthorizationLook question)
    {
        using var answer = await PostAsync(host, question);
        var outcome = await answer.Content.ReadFromJsonAsync(ContractsJson.Default.AuthorizationOutcome, TestContext.Current.CancellationToken);
        return (outcome!.State, outcome.CanBeKnown);
    }

    private static Task<HttpResponseMessage> PostAsync(PaymentsHost host, AuthorizationLook question) => host.Http.PostAsync(
        new Uri("authorizations/look", UriKind.Relative), JsonContent.Create(question, ContractsJson.Default.AuthorizationLook), TestContext.Current.CancellationToken);
}
