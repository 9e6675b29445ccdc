/** Why nothing is stored of a file, Vietnamese first. */
export const unusableWords: Readonly<Record<string, string>> = {
  noContent: 'nơi gửi không gửi nội dung / its sender sent no content',
  broken: 'nội dung hỏng từ nơi gửi / its content was broken by its sender',
  notInMessage:
    'có tên trong danh mục nhưng không có trong thông điệp / named, and not in the message',
  givenUp: 'người quyết định không chờ tệp này / a person stopped waiting for it',
}
