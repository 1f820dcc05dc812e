using AgentMesh.Contracts.Agents;
using AgentMesh.Contracts.Topics;
using AgentMesh.Gateway.Agents;
using AgentMesh.Gateway.Edge;
using AgentMesh.Gateway.Mail;
using AgentMesh.Gateway.OpenApi;
using AgentMesh.Primitives;
using AgentMesh.ServiceDefaults.Problems;
using FluentValidation;

namespace AgentMesh.Gateway.Topics;

/// <summary>
/// <c>GET /agent/{userId}/topics</c>, <c>POST,DELETE …/topics/{name}</c> and <c>POST …/topics/{name}/messages</c>: agents of a tenant join topics, and
/// whoever has joined sends all the others a message. A message to a topic is mail to each member, with all that is true of mail.
/// </summary>
internal static class TopicEndpoints
{
    private static readonly Refusal InvalidName = new(TopicCodes.InvalidTopic, "The name of a topic is 1-64 of [a-z0-9._-], first a letter or digit.");

    private static readonly Refusal NotJoined = new(TopicCodes.TopicNotJoined, "The agent has not joined the topic; only its members send to it.");

    public static IServiceCollection AddTopics(this IServiceCollection services) =>
        services.AddSingleton<IValidator<TopicMessageRequest>, TopicMessageRequestValidator>();

    public static IEndpointRouteBuilder MapTopics(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/agent/{userId}/topics", ListAsync)
            .Describe("Lists the topics that the agent has joined.", operation => operation.Answers<TopicListResponse>());
        endpoints.MapPost("/agent/{userId}/topics/{topic}", JoinAsync)
            .Describe("Joins a topic.", operation => operation
                .Answers<TopicResponse>()
                .Refuses(TopicCodes.InvalidTopic, TopicCodes.TooManyTopics, TopicCodes.TopicFull));
        endpoints.MapDelete("/agent/{userId}/topics/{topic}", LeaveAsync)
            .Describe("Leaves a topic.", operation => operation.Answers(StatusCodes.Status204NoContent).Refuses(TopicCodes.InvalidTopic));
        endpoints.MapPost("/agent/{userId}/topics/{topic}/messages", SendAsync)
            .Describe("Sends all other members of a topic a message.", operation => operation
                .TakesIdempotencyKey()
                .Takes<TopicMessageRequest>(TopicMessageRequestValidator.Describe)
                .Answers<TopicMessageResponse>(StatusCodes.Status202Accepted)
                .Refuses(AgentRefusals.InvalidContent, MailCodes.InvalidMail, MailCodes.MailRateLimited, MailCodes.OutboxFull, AgentRefusals.RateLimited)
                .Refuses(TopicCodes.InvalidTopic, TopicCodes.TopicNotJoined));
        return endpoints;
    }

    private static async Task ListAsync(HttpContext context)
    {
        var result = await AgentCalls.Of(context).ListTopicsAsync(AgentPath.KeyOf(context), context.RequestAborted);
        if (result.IsRefused)
            await Problem.WriteAsync(context, result.Refusal);
        else
            await JsonAnswer.WriteAsync(context, TopicListResponse.Of(result.Value), GatewayJson.Answers.TopicListResponse);
    }

    private static async Task JoinAsync(HttpContext context)
    {
        if (await FindNameAsync(context) is not { } topic)
            return;
        var result = await AgentCalls.Of(context).JoinTopicAsync(AgentPath.KeyOf(context), topic, context.RequestAborted);
        if (result.IsRefused)
            await Problem.WriteAsync(context, result.Refusal);
        else
            await JsonAnswer.WriteAsync(context, new TopicResponse(topic.ToString(), result.Value.Members.Count), GatewayJson.Answers.TopicResponse);
    }

    private static async Task LeaveAsync(HttpContext context)
    {
        if (await FindNameAsync(context) is not { } topic)
            return;
        var result = await AgentCalls.Of(context).LeaveTopicAsync(AgentPath.KeyOf(context), topic, context.RequestAborted);
        if (result.IsRefused)
            await Problem.WriteAsync(context, result.Refusal);
        else
            context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task SendAsync(HttpContext context)
    {
        if (await FindNameAsync(context) is not { } topic)
            return;
        if (!IdempotencyKey.TryRead(context.Request, out var key))
        {
            await Problem.WriteAsync(context, IdempotencyKey.Invalid);
            return;
        }

        if (await JsonRequest.ReadDeclaredAsync(context, RequestJson.Requests.TopicMessageRequest) is not { } request)
            return;
        var agent = AgentPath.KeyOf(context);
        var calls = AgentCalls.Of(context);
        var view = await calls.GetTopicAsync(new TopicKey(agent.Tenant, topic), context.RequestAborted);
        if (view.IsRefused)
            await Problem.WriteAsync(context, view.Refusal);
        else if (!view.Value.Members.Contains(agent.User.ToString()))
            await Problem.WriteAsync(context, NotJoined);
        else if (view.Value.Members.Count == 1)
            await AcceptAsync(context, new TopicMessageResponse(null, [], 0));
        else
            await SendAsync(context, agent, ToMail(agent, topic, view.Value, request, key));
    }

    private static SendMail ToMail(AgentKey agent, TopicName topic, TopicView view, TopicMessageRequest request, string? key) => new(
        RequestId.New(), key,
        [.. view.Members.Where(user => user != agent.User.ToString()).Select(user => new AgentKey(agent.Tenant, UserId.Parse(user)).ToString())],
        request.Content!, request.DeadlineSecondsNumber, Topic: topic.ToString());

    private static async Task SendAsync(HttpContext context, AgentKey agent, SendMail mail)
    {
        var reply = await context.RequestServices.GetRequiredService<MailSends>().SendAsync(agent, mail, context.RequestAborted);
        RateLimitHeaders.Set(context.Response, reply.RateLimit, reply.Refusal);
        if (reply.Value is { MessageIds: var ids })
            await AcceptAsync(context, new TopicMessageResponse(ids[0], ids, ids.Count));
        else
            await Problem.WriteAsync(context, reply.ToResult().Refusal!);
    }

    private static Task AcceptAsync(HttpContext context, TopicMessageResponse sent)
    {
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        return JsonAnswer.WriteAsync(context, sent, GatewayJson.Answers.TopicMessageResponse);
    }

    private static async Task<TopicName?> FindNameAsync(HttpContext context)
    {
        if (TopicName.TryParse(context.Request.RouteValues["topic"] as string, out var topic))
            return topic;
        await Problem.WriteAsync(context, InvalidName);
        return null;
    }
}

/// <summary>A topic.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Members">How many agents have joined it.</param>
internal sealed record TopicResponse(string Name, int Members);

/// <summary>A topic that an agent has joined.</summary>
/// <param name="Name">Its name.</param>
/// <param name="JoinedAt">When.</param>
internal sealed record JoinedTopicResponse(string Name, DateTime JoinedAt);

/// <summary>The topics that an agent has joined.</summary>
/// <param name="Topics">In the order they were joined.</param>
internal sealed record TopicListResponse(IReadOnlyList<JoinedTopicResponse> Topics)
{
    // UtcDateTime: written with Z.
    public static TopicListResponse Of(TopicList list) => new([.. list.Topics.Select(topic => new JoinedTopicResponse(topic.Name, topic.JoinedAt.UtcDateTime))]);
}

/// <summary>A message that was sent to a topic.</summary>
/// <param name="MessageId">The id of the first of them; null: the topic has no other member, and nothing was sent.</param>
/// <param name="MessageIds">An id for each member, to be found in the outbox.</param>
/// <param name="Recipients">How many they are.</param>
internal sealed record TopicMessageResponse(string? MessageId, IReadOnlyList<string> MessageIds, int Recipients);
