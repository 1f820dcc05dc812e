using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Schema;
using AgentMesh.Contracts;
using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.ApiKeys;
using AgentMesh.Contracts.Audit;
using AgentMesh.Contracts.Payments;
using AgentMesh.Contracts.Tenants;
using AgentMesh.Contracts.Topics;
using Dapr.Actors;

namespace AgentMesh.Tidy;

/// <summary>
/// What crosses between the services, against an approved text: a renamed method or member breaks every mesh in the middle of a
/// rolling update, so a change here has to be seen. On a mismatch the new text stands beside the approved one as `.received.txt`.
/// </summary>
public sealed class ContractTests
{
    [Fact]
    public void ActorContract_IsTheApprovedOne()
    {
        var text = new StringBuilder();
        // By reflection: an interface that is forgotten here would be a contract that nobody guards.
        var actors = typeof(IAgentActor).Assembly.GetExportedTypes().Where(type => type.IsInterface && type.IsAssignableTo(typeof(IActor))).ToArray();
        // An actor's interfaces stand in the namespace of its own.
        MethodInfo[] agent = MethodsBeside(typeof(IAgentActor));
        MethodInfo[] tenant = MethodsBeside(typeof(ITenantActor));
        MethodInfo[] topic = MethodsBeside(typeof(ITopicActor));
        MethodInfo[] keys = MethodsBeside(typeof(IApiKeysActor));
        MethodInfo[] audit = MethodsBeside(typeof(IAuditActor));
        MethodInfo[] payment = MethodsBeside(typeof(IPaymentActor));
        AppendActor(text, AgentActorType.Name, agent);
        AppendActor(text, TenantActorType.Name, tenant);
        AppendActor(text, TopicActorType.Name, topic);
        AppendActor(text, ApiKeysActorType.Name, keys);
        AppendActor(text, AuditActorType.Name, audit);
        AppendActor(text, PaymentActorType.Name, payment);
        MethodInfo[] methods = [.. actors.SelectMany(type => type.GetMethods())];
        var messages = methods
            .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType.GenericTypeArguments[0]))
            .Concat([typeof(Announcement), typeof(PaymentEvent), typeof(Purchase), typeof(PurchaseOutcome), typeof(Balance)])
            .Where(type => type != typeof(CancellationToken)).Distinct().OrderBy(Describe, StringComparer.Ordinal);
        foreach (var type in messages)
            text.Append(Describe(type)).Append(": ").AppendLine(ContractsJson.Default.Options.GetJsonSchemaAsNode(type).ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        Approve("ActorContract", text.ToString());

        MethodInfo[] MethodsBeside(Type actor) => [.. actors.Where(type => type.Namespace == actor.Namespace).SelectMany(type => type.GetMethods())];
    }

    private static void AppendActor(StringBuilder text, string type, MethodInfo[] methods)
    {
        text.AppendLine(type);
        foreach (var method in methods.OrderBy(method => method.Name, StringComparer.Ordinal))
            text.Append(method.Name).Append('(').AppendJoin(", ", method.GetParameters().Select(parameter => parameter.ParameterType.Name)).Append(") -> ").AppendLine(Describe(method.ReturnType));
        text.AppendLine();
    }

    private static string Describe(Type type) =>
        type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GenericTypeArguments.Select(Describe))}>" : type.Name;

    private static void Approve(string name, string text)
    {
        text = text.ReplaceLineEndings("\n");
        var folder = Path.Combine(Repository.Root, "tests/AgentMesh.Tidy");
        var approved = Path.Combine(folder, $"{name}.approved.txt");
        var received = Path.Combine(folder, $"{name}.received.txt");
        var expected = File.Exists(approved) ? File.ReadAllText(approved).ReplaceLineEndings("\n") : "";
        if (expected == text)
            File.Delete(received);
        else
            File.WriteAllText(received, text);
        Assert.Equal(expected, text);
    }
}
